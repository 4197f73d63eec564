"""Writes the vocabulary of failure from the systems' own lists, as they are installed on this machine.

    .venv/bin/python -m tests.support.corpora.log_words.vocabulary

Needs the catalogues of glibc (`libc-l10n`) and PostgreSQL (`postgresql-15`), and Node.js. Lists of systems that are not
installed stand in `BY_HAND`, with their source.
"""

from __future__ import annotations

import errno
import gettext
import json
import os
import platform
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import psycopg
from psycopg import errors

from verifier.probes.logs.weighing.vocabulary import FAILURES, TRANSLATIONS

CATALOGUES = Path("/usr/share/locale")
_CALM = {"EINPROGRESS", "EINTR", "EAGAIN", "EALREADY", "EISCONN", "EXFULL", "ERESTART", "ECHILD", "ENOMSG"}
"""Codes that a healthy process meets all the time."""
_VIOLENT = ("ABRT", "BUS", "FPE", "ILL", "KILL", "SEGV", "SYS", "XCPU", "XFSZ")
"""Signals that end a process which nobody asked to end."""
_LEVELS = {"ERROR": "error", "FATAL": "fatal", "PANIC": "fatal", "WARNING": "warning", "LOG": "info", "NOTICE": "info",
           "error: ": "error", "fatal: ": "fatal", "warning: ": "warning"}  # fmt: skip
_OTHERS = {"wget": {"ERROR": "error", "WARNING": "warning"}, "dpkg": {"error": "error"}}
"""The words of other systems, which are translated into more languages than PostgreSQL is today."""
_OLDER = {"katastrofalny": "fatal", "panika": "fatal", "ostrzeżenie": "warning", "dziennik": "info",
          "ölümcül": "fatal", "uyarı": "warning", "erro": "error", "pânico": "fatal", "嚴重錯誤": "fatal"}  # fmt: skip
"""Levels of languages that PostgreSQL was translated into before: Polish, Turkish, Portuguese, traditional Chinese."""
_MESSAGES = (
    'relation "%s" does not exist', 'column "%s" does not exist', 'schema "%s" does not exist',
    'database "%s" does not exist', 'role "%s" does not exist', "function %s does not exist",
    "permission denied for table %s", "permission denied for schema %s", "permission denied for function %s",
    "must be owner of table %s", 'password authentication failed for user "%s"',
    'duplicate key value violates unique constraint "%s"', "deadlock detected", "out of memory", "out of shared memory",
    "canceling statement due to statement timeout", "canceling statement due to lock timeout",
    "canceling statement due to conflict with recovery", "could not serialize access due to concurrent update",
    "terminating connection due to administrator command", "sorry, too many clients already",
    "remaining connection slots are reserved for roles with the %s attribute",
    "remaining connection slots are reserved for non-replication superuser connections",
    "terminating connection due to idle-in-transaction timeout", "the database system is shutting down",
    "the database system is starting up", "the database system is in recovery mode",
    "cannot execute %s in a read-only transaction", 'new row violates row-level security policy for table "%s"',
    'insert or update on table "%s" violates foreign key constraint "%s"',
    'null value in column "%s" of relation "%s" violates not-null constraint',
    'new row for relation "%s" violates check constraint "%s"', "value too long for type character varying(%d)",
    "current transaction is aborted, commands ignored until end of transaction block", "division by zero",
    "invalid page in block %u of relation %s", 'could not write to file "%s": %m', 'could not open file "%s": %m',
    'could not fsync file "%s": %m', 'could not extend file "%s": %m', 'too many connections for role "%s"',
    'too many connections for database "%s"', 'invalid input syntax for type %s: "%s"',
    "%s (PID %d) was terminated by signal %d: %s", "%s (PID %d) exited with exit code %d",
    "terminating any other active server processes", "database system was interrupted; last known up at %s",
    'could not bind %s address "%s": %m', "could not create any TCP/IP sockets",
    'no pg_hba.conf entry for host "%s", user "%s", database "%s", %s',
)  # fmt: skip
_LIBPQ = (
    "server closed the connection unexpectedly", 'could not translate host name "%s" to address: %s',
    'connection to server on socket "%s" failed: ', 'connection to server at "%s", port %s failed: ',
    "could not receive data from server: %s", "could not send data to server: %s", "no connection to the server",
    "SSL error: %s", "fe_sendauth: no password supplied", "server does not support SSL, but SSL was required",
    "timeout expired", 'lost synchronization with server: got message type "%c", length %d',
)  # fmt: skip
BY_HAND: dict[str, tuple[str, list[str]]] = {
    "prisma": (
        "Prisma ORM, error reference, prisma/docs@fa59227",
        [f"P{number}" for number in (
            *range(1000, 1004), *range(1008, 1018), *range(2000, 2032), *range(2033, 2038), *range(3000, 3025),
            *range(4000, 4003), 5011, *range(6000, 6007), 6008, 6009, 6010,
        )],
    ),
    "grpc": (
        "gRPC, doc/statuscodes.md, grpc/grpc@2b9891b; without OK, and without what callers ask for themselves",
        ["UNKNOWN", "DEADLINE_EXCEEDED", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED",
         "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"],
    ),
    "kernel": (
        "Linux, kernel/hung_task.c, torvalds/linux@00b5cde; others as documentation quotes them, not compared",
        ["Out of memory: Killed process", "invoked oom-killer", "Memory cgroup out of memory", "soft lockup",
         "hard LOCKUP",
         "blocked for more than", "self-detected stall", "detected stalls", "segfault at", "general protection fault",
         "unable to handle kernel", "Kernel panic", "Remounting filesystem read-only", "critical medium error",
         "I/O error",
         "Buffer I/O error", "failed command", "Hardware Error", "Uncorrected error", "table full, dropping packet",
         "page allocation failure", "Call Trace:", "Machine check", "link is down", "NETDEV WATCHDOG"],
    ),
    "init": (
        "systemd and Kubernetes, as documentation quotes them, not compared with a release",
        ["Failed with result", "Main process exited, code=exited, status=", "Main process exited, code=killed",
         "Dependency failed for", "Start request repeated too quickly", "start operation timed out",
         "Back-off restarting failed container", "CrashLoopBackOff", "OOMKilled", "ImagePullBackOff", "ErrImagePull",
         "Entering emergency mode", "exec format error", "respawning too fast", "probe failed", "FailedScheduling"],
    ),
    "openssl": (
        "OpenSSL, crypto/x509/x509_txt.c, openssl/openssl@0223dfc; alerts of ssl_err.c as documentation quotes them",
        ["certificate has expired", "certificate is not yet valid", "self-signed certificate",
         "self signed certificate",
         "unable to get local issuer certificate", "unable to verify the first certificate", "certificate revoked",
         "hostname mismatch", "handshake failure", "wrong version number", "certificate verify failed", "unknown ca",
         "sslv3 alert", "tlsv1 alert", "bad certificate", "unexpected eof while reading", "no shared cipher"],
    ),
    "redis": (
        "Redis, src/server.c, shared objects; read in copies of that file, the version is not known",
        ["MISCONF", "NOAUTH", "WRONGPASS", "NOPERM", "OOM command not allowed", "READONLY You can't write",
         "MASTERDOWN",
         "EXECABORT", "NOREPLICAS", "BUSYKEY", "CLUSTERDOWN", "CROSSSLOT", "Can't save in background",
         "max number of clients reached", "Background saving error", "WRONGTYPE Operation"],
    ),
    "s3": (
        "Amazon S3 API of 2006-03-01, error codes, as documentation quotes them",
        ["AccessDenied", "NoSuchBucket", "NoSuchKey", "SlowDown", "InternalError", "ServiceUnavailable",
         "SignatureDoesNotMatch", "InvalidAccessKeyId", "ExpiredToken", "RequestTimeTooSkewed", "BucketAlreadyExists",
         "EntityTooLarge", "RequestTimeout", "InvalidBucketName"],
    ),
}  # fmt: skip


def main() -> None:
    """Write both files."""
    _write(FAILURES, failures())
    _write(TRANSLATIONS, translations())


def failures() -> dict[str, object]:
    """What the systems say when they fail, by system."""
    libc = " ".join(platform.libc_ver())
    sources = {
        "errno": f"{libc}, os.strerror",
        "signals": f"{libc}, signal.strsignal",
        "sqlstate": f"PostgreSQL, errcodes.txt, as of psycopg {psycopg.__version__}; without classes 00 to 03",
        "postgresql": "PostgreSQL 15, src/backend/po",
        "libpq": "PostgreSQL 15, src/interfaces/libpq/po",
        "node": f"Node.js {_node('process.version')}, lib/internal/errors.js",
        "http": f"Python {platform.python_version()}, http.HTTPStatus: server errors",
        **{name: source for name, (source, _) in BY_HAND.items()},
    }
    return {
        "sources": sources,
        "errno": {name: os.strerror(code) for code, name in sorted(errno.errorcode.items()) if name not in _CALM},
        "signals": {f"SIG{name}": signal.strsignal(getattr(signal, f"SIG{name}")) for name in _VIOLENT},
        "sqlstate": sorted(
            {each.__name__ for code, each in errors._sqlcodes.items() if code[:2] not in {"00", "01", "02", "03"}}
        ),
        "postgresql": list(_MESSAGES),
        "libpq": list(_LIBPQ),
        "node": json.loads(_node("JSON.stringify(Object.keys(require('internal/errors').codes).sort())")),
        "http": {str(each.value): each.phrase for each in HTTPStatus if each >= 500},
        **{name: phrases for name, (_, phrases) in BY_HAND.items()},
    }


def translations() -> dict[str, object]:
    """The same in other languages, as far as glibc and PostgreSQL translate it: levels, texts of codes, messages."""
    codes = [os.strerror(code) for code, name in errno.errorcode.items() if name not in _CALM]
    codes += [text for name in _VIOLENT if (text := signal.strsignal(getattr(signal, f"SIG{name}")))]
    levels: dict[str, str] = {}
    for catalogue in _catalogues("postgres-15"):
        for word, level in _LEVELS.items():
            told = catalogue.gettext(word)
            # A word that another language uses for something milder is left to what else the line says.
            if told != word:
                levels.setdefault(told.strip(" :：").lower(), level)
    for name, words in _OTHERS.items():
        for catalogue in _catalogues(name):
            for word, level in words.items():
                if (told := catalogue.gettext(word)) != word and " " not in told:
                    levels.setdefault(told.strip(" :：").lower(), level)
    for word, level in _OLDER.items():
        levels.setdefault(word, level)
    return {
        "sources": {
            "levels": "PostgreSQL 15.18, src/backend/po; GNU Wget and dpkg, po; _OLDER: PostgreSQL before 12, "
            "as its users quote it, not compared",
            "codes": "glibc 2.36, po",
            "messages": "PostgreSQL 15.18, src/backend/po and src/interfaces/libpq/po",
        },
        "levels": dict(sorted(levels.items())),
        "codes": sorted(_told("libc", codes)),
        "messages": sorted(_told("postgres-15", _MESSAGES) | _told("libpq5-15", _LIBPQ)),
    }


def _told(name: str, texts: Iterator[str] | list[str] | tuple[str, ...]) -> set[str]:
    return {
        told.strip()
        for catalogue in _catalogues(name)
        for text in texts
        if (told := catalogue.gettext(text)) not in {text, ""}
    }


def _catalogues(name: str) -> list[gettext.GNUTranslations]:
    found = []
    for path in sorted(CATALOGUES.glob(f"*/LC_MESSAGES/{name}.mo")):
        with path.open("rb") as file, suppress(UnicodeDecodeError):  # a header of an older encoding
            found.append(gettext.GNUTranslations(file))
    return found


def _node(expression: str) -> str:
    told = subprocess.run(["node", "--expose-internals", "-p", expression], capture_output=True, text=True, check=True)
    return re.sub(r"\s+$", "", told.stdout)


def _write(path: Path, told: dict[str, object]) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
