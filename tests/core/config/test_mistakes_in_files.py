"""Mistakes in the contract and in target files: all at once, with file, key and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.runs.toy import TARGET, contract, item
from verifier.core.config.contract import Contract, read_contract
from verifier.core.config.files import Mistakes
from verifier.core.config.target import read_target
from verifier.core.config.target_files import find_target

FIRM = 'limit = { seconds = 3.0, statistic = "worst", loads = 3 }\nwaivable = false\n'
STORED, LIVE = (f'waivable = false\napplies = "{lack}"\n' for lack in ("database", "platform"))
ITEMS = contract("kept", "soft", firm=FIRM, soft="limit = { seconds = 3.0 }\n", stored=STORED, live=LIVE)


def contract_mistakes(folder: Path, text: str) -> list[str]:
    """What is wrong with this contract."""
    (folder / "definition_of_done.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Mistakes) as caught:
        read_contract(folder)
    return caught.value.lines


def good_contract(folder: Path) -> Contract:
    (folder / "definition_of_done.toml").write_text(ITEMS, encoding="utf-8")
    return read_contract(folder)


def target_mistakes(folder: Path, text: str) -> list[str]:
    """What is wrong with this target."""
    path = folder / "targets" / "toy.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Mistakes) as caught:
        read_target(path, good_contract(folder))
    return caught.value.lines


IN_A_CONTRACT = {
    'severty = "major"': "item[kept].severty: unknown key; did you mean 'severity'? Known: ",
    'waivable = "maybe"': "item[kept].waivable: Input should be a valid boolean",
    "limit = { second = 3 }": "item[kept].limit.second: unknown key; did you mean 'seconds'?",
    "limit = { seconds = 0 }": "item[kept].limit.seconds: Input should be greater than 0 (found 0)",
    'limit = { seconds = "soon" }': "item[kept].limit.seconds: Input should be a valid number",
    "limit = { share = 1.5 }": "item[kept].limit.share: Input should be less than or equal to 1 (found 1.5)",
    "limit = { seconds = nan }": "item[kept].limit.seconds: ",
    'limit = { statistic = "mean" }': "item[kept].limit.statistic: Input should be 'worst', 'p95' or 'median'",
    'escalate = [{ to = "immediate" }]': 'item[kept].escalate[1]: give either above = FIGURE or on = "failed"',
    'escalate = [{ to = "everybody", on = "failed" }]': "item[kept].escalate[1].to: Input should be",
    'stage = ["postdeply"]': "item[kept].stage[1]: Input should be 'predeploy', 'migration'",
    "stage = []": "item[kept].stage: ",
}


@pytest.mark.parametrize("line", IN_A_CONTRACT)
def test_a_mistake_in_an_item_is_named_with_its_key(tmp_path: Path, line: str) -> None:
    (told,) = contract_mistakes(tmp_path, item("kept", line) + item("sound"))
    wanted = IN_A_CONTRACT[line].removesuffix("Known: ")
    assert told.startswith(f"definition_of_done.toml: {wanted}")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = item("kept", "severty = 1\nlimit = { seconds = -1 }") + item("other", "waivable = []")
    text += item("sound") + "[extra]\n"
    keys = [line.split(": ")[1] for line in contract_mistakes(tmp_path, text)]
    assert sorted(keys) == ["extra", "item[kept].limit.seconds", "item[kept].severty", "item[other].waivable"]


def test_a_list_whose_members_are_all_wrong_is_not_called_empty(tmp_path: Path) -> None:
    (told,) = contract_mistakes(tmp_path, item("kept", 'waivable = "maybe"'))
    assert told.startswith("definition_of_done.toml: item[kept].waivable: ")


@pytest.mark.parametrize("key", ["id", "promise", "severity", "stage"])
def test_what_every_item_needs_is_missed(tmp_path: Path, key: str) -> None:
    lines = [line for line in item("kept").splitlines() if not line.startswith(key)]
    (told,) = contract_mistakes(tmp_path, "\n".join([*lines, item("sound")]))
    assert told.endswith(f".{key}: missing; it must be given")


def test_an_id_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    (told,) = contract_mistakes(tmp_path, item("kept") + item("other") + item("kept"))
    assert "the id kept is given twice" in told


@pytest.mark.parametrize("name", ["Kept", "kept_well", "kept--well", "-kept", "1kept", "kept well", ""])
def test_an_id_that_is_no_plain_word_is_refused(tmp_path: Path, name: str) -> None:
    assert "id: String should match pattern" in contract_mistakes(tmp_path, item(name))[0]


def test_bad_toml_is_told_with_its_line(tmp_path: Path) -> None:
    (told,) = contract_mistakes(tmp_path, item("kept") + "promise = \n")
    assert told.startswith("definition_of_done.toml: not TOML: ")
    assert "line 7" in told


def test_a_file_that_is_not_utf8_is_told_with_the_place(tmp_path: Path) -> None:
    (tmp_path / "definition_of_done.toml").write_bytes(b'# \xe4\n[[item]]\nid = "kept"\n')
    with pytest.raises(Mistakes, match=r"definition_of_done.toml: byte 2 is not UTF-8; save the file as UTF-8"):
        read_contract(tmp_path)


def test_a_contract_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Mistakes, match=r"definition_of_done.toml: no such file"):
        read_contract(tmp_path)


def test_an_address_in_the_place_of_its_name_is_not_repeated(tmp_path: Path) -> None:
    (told,) = target_mistakes(tmp_path, TARGET + "[escalation]\nchannels = { alert = ['slack://marked-test-data'] }")
    assert told.startswith("targets/toy.toml: escalation.channels: alert[1] must be the name of the secret")
    assert "marked-test-data" not in told


IN_A_TARGET = {
    "[escalation]\ndeliver = true": "escalation: deliver = true needs somebody to tell",
    "[escalation]\nchannels = { nobody = ['A'] }": "escalation.channels.nobody.[key]: Input should be 'investigate'",
    "[escalation]\nchannels = { alert = 'A' }": "escalation.channels.alert: Input should be a valid tuple",
    "[escalation]\nrepeat = 0": "escalation.repeat: Input should be greater than 0",
    "[reports]\nfeedback = ''": "reports.feedback: String should have at least 1 character",
    "deadlin = 3": "deadlin: unknown key; did you mean 'deadline'?",
    'writes = "yes"': "writes: Input should be 'forbidden' or 'allowed'",
    "deadline = -3": "deadline: Input should be greater than 0",
    "[not_applicable]\nkepd = 'nobody cares'": "not_applicable.kepd: the contract has no such item; did you mean",
    "[not_applicable]\nkept = ''": "not_applicable.kept: a reason needs at least two words that say why (found '')",
    "[not_applicable]\nkept = 'eh?'": "not_applicable.kept: a reason needs at least two words that say why",
    "[not_applicable]\nkept = 'n/a'": "not_applicable.kept: a reason needs at least two words that say why",
    "[not_applicable]\nkept = 'no, no'": "not_applicable.kept: a reason needs at least two words that say why",
    "[not_applicable]\nkept = 'no -'": "not_applicable.kept: a reason needs at least two words that say why",
    "[not_applicable]\nfirm = 'not for us'": "not_applicable.firm: it is not waivable, so it may be left out nowhere",
    "[not_applicable]\nstored = 'not for us'\n[database]\ntables = ['a']": "not_applicable.stored: it is not waivable, "
    "so it may be left out only where the target has no [database]",
    "[not_applicable]\nlive = 'not for us'": "not_applicable.live: it is not waivable, so it may be left out only "
    'where the target has platform.machines = "none"',
    "[limit.soft]\nseconds = 5\nreason = 'slow'": "limit.soft.reason: a reason needs at least two words that say why",
    "[[logs.allow]]\npattern = 'x'\nreason = 'known'\nexpires = 2999-01-01": "logs.allow[1].reason: a reason needs",
    "[limit.kepd]\nseconds = 3\nreason = 'slow box'": "limit.kepd: the contract has no such item; did you mean 'kept'?",
    "[limit.soft]\nseconds = 5": "limit.soft.reason: missing; it must be given",
    "[limit.firm]\nseconds = 5\nreason = 'slow box'": "limit.firm: looser than the contract (seconds 3.0",
    "[limit.firm]\nloads = 2\nreason = 'slow box'": "limit.firm: looser than the contract",
    "[limit.firm]\nstatistic = 'p95'\nreason = 'slow box'": "limit.firm: looser than the contract",
    "[limit.firm]\ntolerance = 1\nreason = 'slow box'": "limit.firm: looser than the contract",
    "[[waiver]]\nitem = 'kept'": "waiver: waivers belong to waivers.toml, with target, owner, ticket and made",
    "[health]\nendpoint = []": "health.endpoint: Tuple should have at least 1 item",
    "[[health.endpoint]]\npath = 'health'": "health.endpoint[1].path: String should match pattern",
    "[[health.endpoint]]\npath = '/'\nclaim = {}": "health.endpoint[1].claim: unknown key; did you mean 'claims'?",
    "[dashboard]\npath = '/'\nready = 'x'\ntile = [{ id = 'a', headin = 'A' }]": "dashboard.tile[a].headin: unknown",
}


@pytest.mark.parametrize("text", IN_A_TARGET)
def test_a_mistake_in_a_target_is_named_with_its_key(tmp_path: Path, text: str) -> None:
    lines = target_mistakes(tmp_path, TARGET.replace("deadline = 3600\n", "") + text)
    assert any(line.startswith(f"targets/toy.toml: {IN_A_TARGET[text]}") for line in lines)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('url = "toy.example"', "url: must be a URL such as https://"),
        ('url = "ftp://toy.example"', "url: must be a URL such as https://"),
        ('url = "https://me:word@toy.example"', "url: must not contain a user name or password"),
        ("", "url: missing; give the address, or a start command that tells it"),
    ],
)
def test_an_address_that_is_none_is_refused(tmp_path: Path, line: str, told: str) -> None:
    (found,) = target_mistakes(tmp_path, f'title = "a toy"\napp = "toy"\n{line}\n')
    assert found.startswith(f"targets/toy.toml: {told}")


def test_a_password_in_an_address_is_not_repeated(tmp_path: Path) -> None:
    (told,) = target_mistakes(tmp_path, 'title = "a toy"\napp = "toy"\nurl = "https://me:pa55word@toy.example"\n')
    assert "pa55word" not in told


def test_mistakes_against_the_contract_are_told_at_once_too(tmp_path: Path) -> None:
    text = (
        TARGET + "[not_applicable]\none = 'why not'\ntwo = 'why not'\n[limit.firm]\nseconds = 9\nreason = 'slow box'\n"
    )
    keys = [line.split(": ")[1] for line in target_mistakes(tmp_path, text)]
    assert keys == ["not_applicable.one", "not_applicable.two", "limit.firm"]


def test_what_is_not_there_may_be_left_out_though_it_is_not_waivable(tmp_path: Path) -> None:
    path = tmp_path / "toy.toml"
    text = "[platform]\nmachines = 'none'\n[not_applicable]\nstored = 'no database'\nlive = 'no platform'\n"
    path.write_text(TARGET + text, encoding="utf-8")
    assert set(read_target(path, good_contract(tmp_path)).not_applicable) == {"stored", "live"}


def test_a_condition_is_for_items_that_are_not_waivable(tmp_path: Path) -> None:
    (told,) = contract_mistakes(tmp_path, item("kept", 'applies = "database"\n'))
    assert "applies is for items with waivable = false" in told


def test_a_stricter_limit_of_a_firm_item_is_allowed(tmp_path: Path) -> None:
    items = good_contract(tmp_path)
    path = tmp_path / "toy.toml"
    path.write_text(TARGET + "[limit.firm]\nseconds = 2\nloads = 5\nreason = 'fast box'\n", encoding="utf-8")
    limit = read_target(path, items).limit_of(items["firm"])
    assert limit is not None
    assert limit.given() == {"seconds": 2.0, "statistic": "worst", "loads": 5}


def test_a_looser_limit_of_a_soft_item_is_allowed_with_a_reason(tmp_path: Path) -> None:
    items = good_contract(tmp_path)
    path = tmp_path / "toy.toml"
    path.write_text(TARGET + "[limit.soft]\nseconds = 9\nreason = 'slow box'\n", encoding="utf-8")
    limit = read_target(path, items).limit_of(items["soft"])
    assert limit is not None
    assert limit.ceiling == 9.0


def test_an_overlay_is_laid_over_the_file_part_by_part(tmp_path: Path) -> None:
    path = tmp_path / "toy.toml"
    path.write_text(TARGET + "[tls]\nspki = 'abc'\n", encoding="utf-8")
    target = read_target(path, good_contract(tmp_path), overlay={"url": "http://127.0.0.1:8", "tls": {"ca_file": "ca"}})
    assert (target.url, target.tls.ca_file, target.tls.spki) == ("http://127.0.0.1:8", "ca", "abc")


def test_an_unknown_target_among_several_is_told_with_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "targets").mkdir()
    for name in ("staging", "production"):
        (tmp_path / "targets" / f"{name}.toml").write_text(TARGET, encoding="utf-8")
    with pytest.raises(
        Mistakes, match=r"--target stagin: .*did you mean 'staging'\? Known: production, sandbox, staging"
    ):
        find_target(tmp_path, "stagin")
