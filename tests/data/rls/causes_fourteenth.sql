-- set-up: fourteenth-curator-whom-anybody-names
-- open add_curator('cccccccc-cccc-4ccc-8ccc-cccccccccccc'): authenticated insert
-- open bequests: authenticated select delete
-- first authenticated: select add_curator(:S)
create table curators (person_id uuid primary key);
create table bequests (id serial primary key, giver_id uuid not null, item text);
insert into curators values (:A);
insert into bequests (giver_id, item) values (:A, 'vase'), (:B, 'coin');
create function is_curator() returns boolean language sql stable security definer set search_path = public as
  $$ select exists (select 1 from curators where person_id = auth.uid()) $$;
create function add_curator(who uuid) returns void language sql security definer set search_path = public as
  $$ insert into curators (person_id) values (who) on conflict do nothing $$;
revoke execute on function add_curator(uuid) from public, anon;
alter table curators enable row level security;
alter table bequests enable row level security;
create policy give on bequests for insert to authenticated with check (giver_id = auth.uid());
create policy look on bequests for select to authenticated using (is_curator());
create policy clear on bequests for delete to authenticated using (is_curator());

-- set-up: fourteenth-curator-whom-only-curators-name
-- protected
-- first authenticated: select add_curator(:S)
create table curators (person_id uuid primary key);
create table bequests (id serial primary key, giver_id uuid not null, item text);
insert into curators values (:A);
insert into bequests (giver_id, item) values (:A, 'vase'), (:B, 'coin');
create function is_curator() returns boolean language sql stable security definer set search_path = public as
  $$ select exists (select 1 from curators where person_id = auth.uid()) $$;
create function add_curator(who uuid) returns void language plpgsql security definer set search_path = public as $$ begin
  if not is_curator() then raise exception 'only curators name curators' using errcode = '42501'; end if;
  insert into curators (person_id) values (who) on conflict do nothing; end $$;
alter table curators enable row level security;
alter table bequests enable row level security;
create policy give on bequests for insert to authenticated with check (giver_id = auth.uid());
create policy look on bequests for select to authenticated using (is_curator());

-- set-up: fourteenth-curator-quietly-named-by-curators
-- protected
-- first authenticated: select add_curator(:S)
create table curators (person_id uuid primary key);
create table bequests (id serial primary key, giver_id uuid not null, item text);
insert into curators values (:A);
insert into bequests (giver_id, item) values (:A, 'vase'), (:B, 'coin');
create function is_curator() returns boolean language sql stable security definer set search_path = public as
  $$ select exists (select 1 from curators where person_id = auth.uid()) $$;
create function add_curator(who uuid) returns void language sql security definer set search_path = public as
  $$ insert into curators (person_id) select who where is_curator() on conflict do nothing $$;
alter table curators enable row level security;
alter table bequests enable row level security;
create policy look on bequests for select to authenticated using (is_curator());

-- set-up: fourteenth-rank-that-sailors-choose-for-themselves
-- open charts: authenticated select
-- first authenticated: insert into sailors (user_id) values (:S); select choose_rank('captain')
create table sailors (user_id uuid primary key, rank text not null default 'deckhand' check (rank in ('deckhand', 'cook', 'captain')));
create table charts (id int primary key, drawn_by uuid not null, harbour text);
insert into sailors values (:A, 'captain'), (:B, 'cook');
insert into charts values (1, :A, 'Bari'), (2, :B, 'Cork');
create function choose_rank(new_rank text) returns void language sql security definer set search_path = '' as
  $$ update public.sailors set rank = new_rank where user_id = auth.uid() $$;
revoke execute on function choose_rank(text) from public, anon;
alter table sailors enable row level security;
alter table charts enable row level security;
create policy myself on sailors for select to authenticated using (user_id = auth.uid());
create policy sign_on on sailors for insert to authenticated with check (user_id = auth.uid() and rank = 'deckhand');
create policy look on charts for select to authenticated
  using (drawn_by = auth.uid() or exists (select from sailors s where s.user_id = auth.uid() and s.rank = 'captain'));

-- set-up: fourteenth-rank-of-an-enum-that-sailors-choose
-- open charts: authenticated select
-- first authenticated: insert into sailors (user_id) values (:S); select choose_rank('captain')
create type ship_rank as enum ('deckhand', 'cook', 'captain');
create table sailors (user_id uuid primary key, rank ship_rank not null default 'deckhand');
create table charts (id int primary key, drawn_by uuid not null, harbour text);
insert into sailors values (:A, 'captain'), (:B, 'cook');
insert into charts values (1, :A, 'Bari'), (2, :B, 'Cork');
create function choose_rank(wanted ship_rank) returns void language sql security definer set search_path = '' as
  $$ update public.sailors set rank = wanted where user_id = auth.uid() $$;
revoke execute on function choose_rank(ship_rank) from public, anon;
alter table sailors enable row level security;
alter table charts enable row level security;
create policy myself on sailors for select to authenticated using (user_id = auth.uid());
create policy sign_on on sailors for insert to authenticated with check (user_id = auth.uid() and rank = 'deckhand');
create policy look on charts for select to authenticated
  using (drawn_by = auth.uid() or exists (select from sailors s where s.user_id = auth.uid() and s.rank = 'captain'));

-- set-up: fourteenth-rank-that-sailors-choose-below-captain
-- protected
-- first authenticated: insert into sailors (user_id) values (:S); select choose_rank('captain')
create table sailors (user_id uuid primary key, rank text not null default 'deckhand' check (rank in ('deckhand', 'cook', 'captain')));
create table charts (id int primary key, drawn_by uuid not null, harbour text);
insert into sailors values (:A, 'captain'), (:B, 'cook');
insert into charts values (1, :A, 'Bari'), (2, :B, 'Cork');
create function choose_rank(new_rank text) returns void language plpgsql security definer set search_path = '' as $$ begin
  if new_rank not in ('deckhand', 'cook') then raise exception 'no' using errcode = '42501'; end if;
  update public.sailors set rank = new_rank where user_id = auth.uid(); end $$;
revoke execute on function choose_rank(text) from public, anon;
alter table sailors enable row level security;
alter table charts enable row level security;
create policy myself on sailors for select to authenticated using (user_id = auth.uid());
create policy sign_on on sailors for insert to authenticated with check (user_id = auth.uid() and rank = 'deckhand');
create policy look on charts for select to authenticated
  using (drawn_by = auth.uid() or exists (select from sailors s where s.user_id = auth.uid() and s.rank = 'captain'));

-- set-up: fourteenth-rower-whom-anybody-puts-into-a-crew
-- open seat(2, 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'): authenticated insert
-- open logs: authenticated select
-- first authenticated: select seat(2, :S)
create table crews (id int primary key, name text);
create table rowers (crew_id int not null references crews, user_id uuid not null, primary key (crew_id, user_id));
create table logs (id int primary key, crew_id int not null references crews, words text);
insert into crews values (1, 'a'), (2, 'b');
insert into rowers values (1, :A), (2, :B);
insert into logs values (1, 1, 'calm'), (2, 2, 'storm');
create function seat(crew int, rower uuid) returns void language sql security definer set search_path = '' as
  $$ insert into public.rowers values (crew, rower) on conflict do nothing $$;
revoke execute on function seat(int, uuid) from public, anon;
alter table crews enable row level security;
alter table rowers enable row level security;
alter table logs enable row level security;
create policy mine on rowers for select to authenticated using (user_id = auth.uid());
create policy look on logs for select to authenticated using (crew_id in (select r.crew_id from rowers r where r.user_id = auth.uid()));

-- set-up: fourteenth-rower-whom-only-its-crew-seats
-- protected
-- first authenticated: select seat(2, :S)
create table crews (id int primary key, name text);
create table rowers (crew_id int not null references crews, user_id uuid not null, primary key (crew_id, user_id));
create table logs (id int primary key, crew_id int not null references crews, words text);
insert into crews values (1, 'a'), (2, 'b');
insert into rowers values (1, :A), (2, :B);
insert into logs values (1, 1, 'calm'), (2, 2, 'storm');
create function seat(crew int, rower uuid) returns void language sql security definer set search_path = '' as
  $$ insert into public.rowers select crew, rower
     where exists (select from public.rowers r where r.crew_id = crew and r.user_id = auth.uid()) on conflict do nothing $$;
revoke execute on function seat(int, uuid) from public, anon;
alter table crews enable row level security;
alter table rowers enable row level security;
alter table logs enable row level security;
create policy mine on rowers for select to authenticated using (user_id = auth.uid());
create policy look on logs for select to authenticated using (crew_id in (select r.crew_id from rowers r where r.user_id = auth.uid()));

-- set-up: fourteenth-steward-by-a-list-in-a-hidden-schema
-- open tabs: authenticated select update
-- first authenticated: select appoint(:S, 'steward')
create schema backstage;
create table backstage.posts (holder uuid not null, post text not null, primary key (holder, post));
create table tabs (id int primary key, guest uuid not null, cents int);
insert into backstage.posts values (:A, 'steward');
insert into tabs values (1, :A, 5), (2, :B, 6);
create function holds(wanted text) returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from backstage.posts p where p.holder = auth.uid() and p.post = wanted) $$;
create function appoint(target uuid, new_post text) returns void language sql security definer set search_path = '' as
  $$ insert into backstage.posts values (target, new_post) on conflict do nothing $$;
revoke execute on function appoint(uuid, text) from public, anon;
alter table tabs enable row level security;
create policy look on tabs for select to authenticated using (guest = auth.uid() or holds('steward'));
create policy correct on tabs for update to authenticated using (holds('steward'));

-- set-up: fourteenth-warden-by-address
-- open cells: authenticated select
-- first authenticated: select make_warden('eve@evil.test')
create table wardens (person uuid primary key);
create table cells (id int primary key, held uuid not null, cause text);
insert into auth.users (id, email) values (:A, 'a@a.test'), (:B, 'b@b.test'), (:S, 'eve@evil.test');
insert into wardens values (:A);
insert into cells values (1, :A, 'x'), (2, :B, 'y');
create function make_warden(address text) returns void language sql security definer set search_path = '' as
  $$ insert into public.wardens select u.id from auth.users u where u.email = address on conflict do nothing $$;
revoke execute on function make_warden(text) from public, anon;
alter table wardens enable row level security;
alter table cells enable row level security;
create policy look on cells for select to authenticated
  using (exists (select from wardens w where w.person = auth.uid()));
create policy oneself on wardens for select to authenticated using (person = auth.uid());

-- set-up: fourteenth-settings-that-a-trigger-makes-and-nobody-calls
-- protected
create table settings (user_id uuid primary key, theme text not null default 'light');
insert into settings values (:A, 'dark'), (:B, 'light');
create function make_settings(who uuid) returns void language sql security definer set search_path = '' as
  $$ insert into public.settings (user_id) values (who) on conflict do nothing $$;
revoke execute on function make_settings(uuid) from public, anon, authenticated;
alter table settings enable row level security;
create policy mine on settings for all to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());

-- set-up: fourteenth-follower-of-whom-it-likes
-- protected
create table follows (follower uuid not null, followed uuid not null, primary key (follower, followed));
insert into follows values (:A, :B), (:B, :A);
create function follow(whom uuid) returns void language sql security definer set search_path = '' as
  $$ insert into public.follows values (auth.uid(), whom) on conflict do nothing $$;
revoke execute on function follow(uuid) from public, anon;
alter table follows enable row level security;
create policy mine on follows for select to authenticated using (auth.uid() in (follower, followed));

-- set-up: fourteenth-warden-by-an-address-called-so
-- open cells: authenticated select
-- first authenticated: select make_warden('eve@evil.test')
create table wardens (person uuid primary key);
create table cells (id int primary key, held uuid not null, cause text);
insert into auth.users (id, email) values (:A, 'a@a.test'), (:B, 'b@b.test'), (:S, 'eve@evil.test');
insert into wardens values (:A);
insert into cells values (1, :A, 'x'), (2, :B, 'y');
create function make_warden(p_email text) returns void language sql security definer set search_path = '' as
  $$ insert into public.wardens select u.id from auth.users u where u.email = p_email on conflict do nothing $$;
revoke execute on function make_warden(text) from public, anon;
alter table wardens enable row level security;
alter table cells enable row level security;
create policy look on cells for select to authenticated using (exists (select from wardens w where w.person = auth.uid()));
create policy oneself on wardens for select to authenticated using (person = auth.uid());

-- set-up: fourteenth-warden-by-a-nickname-of-a-profile
-- open cells: authenticated select
-- first authenticated: select make_warden('eve')
create table profiles (id uuid primary key references auth.users, nickname text unique not null);
create table wardens (person uuid primary key);
create table cells (id int primary key, held uuid not null, cause text);
insert into auth.users (id, email) values (:A, 'a@a.test'), (:B, 'b@b.test'), (:S, 'eve@evil.test');
insert into profiles values (:A, 'ann'), (:B, 'ben'), (:S, 'eve');
insert into wardens values (:A);
insert into cells values (1, :A, 'x'), (2, :B, 'y');
create function make_warden(nick text) returns void language plpgsql security definer set search_path = '' as $$ begin
  insert into public.wardens select p.id from public.profiles p where p.nickname = nick on conflict do nothing; end $$;
revoke execute on function make_warden(text) from public, anon;
alter table profiles enable row level security;
alter table wardens enable row level security;
alter table cells enable row level security;
create policy oneself on profiles for all to authenticated using (id = auth.uid()) with check (id = auth.uid());
create policy oneself on wardens for select to authenticated using (person = auth.uid());
create policy look on cells for select to authenticated using (exists (select from wardens w where w.person = auth.uid()));

-- set-up: fourteenth-warden-whom-the-governor-names
-- protected
-- first authenticated: select make_warden(:S)
create table governors (person uuid primary key);
create table wardens (person uuid primary key);
create table cells (id int primary key, held uuid not null, cause text);
insert into governors values (:A);
insert into wardens values (:A);
insert into cells values (1, :A, 'x'), (2, :B, 'y');
create function make_warden(who uuid) returns void language plpgsql security definer set search_path = '' as $$ begin
  if not exists (select from public.governors g where g.person = auth.uid()) then raise exception 'no'; end if;
  insert into public.wardens values (who) on conflict do nothing; end $$;
alter table governors enable row level security;
alter table wardens enable row level security;
alter table cells enable row level security;
create policy look on cells for select to authenticated using (exists (select from wardens w where w.person = auth.uid()));
create policy oneself on wardens for select to authenticated using (person = auth.uid());
create policy oneself on governors for select to authenticated using (person = auth.uid());

-- set-up: fourteenth-post-given-as-json
-- open folders: authenticated select
-- first authenticated: select assign('{"person": "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee", "post": "archivist"}')
create table posts (id bigint generated always as identity, person uuid not null, post text not null check (post in ('porter', 'archivist')), primary key (person, post));
create table folders (id int primary key, about uuid not null, words text);
insert into posts (person, post) values (:A, 'archivist'), (:B, 'porter');
insert into folders values (1, :A, 'x'), (2, :B, 'y');
create function assign(payload jsonb) returns void language sql security definer set search_path = '' as $$
  insert into public.posts (person, post) values ((payload->>'person')::uuid, payload->>'post') on conflict do nothing $$;
revoke execute on function assign(jsonb) from public, anon;
alter table posts enable row level security;
alter table folders enable row level security;
create policy look on folders for select to authenticated
  using (exists (select from posts p where p.person = auth.uid() and p.post = 'archivist'));
create policy mine on posts for select to authenticated using (person = auth.uid());

-- set-up: fourteenth-post-without-names-of-arguments
-- open folders: authenticated select
-- first authenticated: select assign(:S, 'archivist')
create table posts (person uuid not null, post text not null, primary key (person, post));
create table folders (id int primary key, about uuid not null, words text);
insert into posts (person, post) values (:A, 'archivist'), (:B, 'porter');
insert into folders values (1, :A, 'x'), (2, :B, 'y');
create function assign(uuid, text) returns void language sql security definer set search_path = '' as $$
  insert into public.posts (person, post) values ($1, $2) on conflict do nothing $$;
revoke execute on function assign(uuid, text) from public, anon;
alter table posts enable row level security;
alter table folders enable row level security;
create policy look on folders for select to authenticated
  using (exists (select from posts p where p.person = auth.uid() and p.post = 'archivist'));
create policy mine on posts for select to authenticated using (person = auth.uid());

-- set-up: fourteenth-level-that-readers-pay-for
-- protected
-- first authenticated: insert into readers (user_id) values (:S); select set_nick('gold')
create table readers (user_id uuid primary key, tier text not null default 'free', nick text);
create table essays (id int primary key, writer uuid not null, words text);
insert into readers values (:A, 'gold', 'a'), (:B, 'free', 'b');
insert into essays values (1, :A, 'x'), (2, :B, 'y');
create function set_nick(new_nick text) returns void language sql security definer set search_path = '' as
  $$ update public.readers set nick = new_nick where user_id = auth.uid() $$;
alter table readers enable row level security;
alter table essays enable row level security;
create policy myself on readers for select to authenticated using (user_id = auth.uid());
create policy sign_up on readers for insert to authenticated with check (user_id = auth.uid() and tier = 'free');
create policy look on essays for select to authenticated
  using (writer = auth.uid() or exists (select from readers r where r.user_id = auth.uid() and r.tier = 'gold'));

-- set-up: fourteenth-deed-into-the-drawer-of-another
-- open deeds: authenticated insert
-- beneath deeds: insert into deeds values (9, 'deeds', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/forged.pdf', :S)
create table deeds (id int primary key, bucket_id text not null, name text not null, owner uuid);
alter table deeds enable row level security;
insert into deeds values (1, 'deeds', :A || '/house.pdf', :A), (2, 'deeds', :B || '/barn.tif', :B);
create policy put on deeds for insert to authenticated
  with check (bucket_id = 'deeds' and storage.extension(name) = any (array['pdf', 'tif']));
create policy look on deeds for select to authenticated
  using (bucket_id = 'deeds' and (storage.foldername(name))[1] = auth.uid()::text);

-- set-up: fourteenth-deed-into-ones-own-drawer
-- protected
-- beneath deeds: insert into deeds values (9, 'deeds', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/forged.pdf', :S)
create table deeds (id int primary key, bucket_id text not null, name text not null, owner uuid);
alter table deeds enable row level security;
insert into deeds values (1, 'deeds', :A || '/house.pdf', :A), (2, 'deeds', :B || '/barn.tif', :B);
create policy put on deeds for insert to authenticated
  with check (bucket_id = 'deeds' and storage.extension(name) in ('pdf', 'tif') and (storage.foldername(name))[1] = auth.uid()::text);
create policy look on deeds for select to authenticated
  using (bucket_id = 'deeds' and (storage.foldername(name))[1] = auth.uid()::text);

-- set-up: fourteenth-sketch-that-must-end-rightly
-- open sketches: authenticated insert
-- beneath sketches: insert into sketches values (9, 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/forged.svg', 'open', :S)
create table sketches (id int primary key, path text not null, shelf text not null, drawn_by uuid not null default auth.uid());
insert into sketches values (1, :A || '/a.svg', 'open', :A), (2, :B || '/b.svg', 'open', :B);
alter table sketches enable row level security;
create policy look on sketches for select to authenticated using (shelf = 'open' and split_part(path, '/', 1) = auth.uid()::text);
create policy put on sketches for insert to authenticated with check (drawn_by = auth.uid() and shelf = 'open' and path like '%.svg');

-- set-up: fourteenth-sketch-in-ones-own-folder-that-ends-rightly
-- protected
-- beneath sketches: insert into sketches values (9, 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/forged.svg', 'open', :S)
create table sketches (id int primary key, path text not null, shelf text not null, drawn_by uuid not null default auth.uid());
insert into sketches values (1, :A || '/a.svg', 'open', :A), (2, :B || '/b.svg', 'open', :B);
alter table sketches enable row level security;
create policy look on sketches for select to authenticated using (shelf = 'open' and split_part(path, '/', 1) = auth.uid()::text);
create policy put on sketches for insert to authenticated
  with check (drawn_by = auth.uid() and shelf = 'open' and right(path, 4) = '.svg' and split_part(path, '/', 1) = auth.uid()::text);

-- set-up: fourteenth-scores-that-end-rightly-are-everybodys
-- open scores: authenticated select delete
create table scores (id int primary key, path text not null, hall text not null, composer uuid not null);
insert into scores values (1, 'a.mid', 'small', :A), (2, 'b.mid', 'small', :B);
alter table scores enable row level security;
create policy look on scores for select to authenticated using (hall = 'small' and lower(right(path, 4)) = '.mid');
create policy drop_them on scores for delete to authenticated using (hall = 'small' and path ilike '%.mid');

-- set-up: fourteenth-portrait-of-ones-own-name
-- protected
create table portraits (id int primary key, path text not null, shelf text not null);
insert into portraits values (1, :A || '.png', 'faces'), (2, :B || '.png', 'faces');
alter table portraits enable row level security;
create policy mine on portraits for all to authenticated
  using (shelf = 'faces' and path = auth.uid()::text || '.png') with check (shelf = 'faces' and path = auth.uid()::text || '.png');

-- set-up: fourteenth-portrait-that-anybody-replaces
-- open portraits: authenticated update
create table portraits (id int primary key, path text not null, shelf text not null);
insert into portraits values (1, :A || '.png', 'faces'), (2, :B || '.png', 'faces');
alter table portraits enable row level security;
create policy mine on portraits for select to authenticated using (shelf = 'faces' and path = auth.uid()::text || '.png');
create policy redraw on portraits for update to authenticated using (shelf = 'faces' and path like '%.png');

-- set-up: fourteenth-deed-of-any-kind-but-one-in-any-drawer
-- open deeds: authenticated insert
-- beneath deeds: insert into deeds values (9, 'deeds', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/forged.pdf', :S)
create table deeds (id int primary key, bucket_id text not null, name text not null, owner uuid);
alter table deeds enable row level security;
insert into deeds values (1, 'deeds', :A || '/house.pdf', :A), (2, 'deeds', :B || '/barn.tif', :B);
create policy put on deeds for insert to authenticated with check (bucket_id = 'deeds' and storage.extension(name) not in ('exe', 'bat'));
create policy look on deeds for select to authenticated
  using (bucket_id = 'deeds' and (storage.foldername(name))[1] = auth.uid()::text);

-- set-up: fourteenth-deed-of-any-kind-but-one-in-ones-own-drawer
-- protected
-- beneath deeds: insert into deeds values (9, 'deeds', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/forged.pdf', :S)
create table deeds (id int primary key, bucket_id text not null, name text not null, owner uuid);
alter table deeds enable row level security;
insert into deeds values (1, 'deeds', :A || '/house.pdf', :A), (2, 'deeds', :B || '/barn.tif', :B);
create policy put on deeds for insert to authenticated
  with check (bucket_id = 'deeds' and storage.extension(name) <> 'exe' and (storage.foldername(name))[1] = auth.uid()::text);
create policy look on deeds for select to authenticated
  using (bucket_id = 'deeds' and (storage.foldername(name))[1] = auth.uid()::text);

-- set-up: fourteenth-portrait-file-in-ones-own-folder
-- protected
-- beneath faces: insert into faces values (9, 'faces', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/me.png', :S)
create table faces (id int primary key, bucket_id text not null, name text not null, owner uuid);
alter table faces enable row level security;
insert into faces values (1, 'faces', :A || '/me.png', :A), (2, 'faces', :B || '/me.png', :B);
create policy mine on faces for all to authenticated
  using (bucket_id = 'faces' and (storage.foldername(name))[1] = auth.uid()::text)
  with check (bucket_id = 'faces' and (storage.foldername(name))[1] = auth.uid()::text and storage.filename(name) = 'me.png');

-- set-up: fourteenth-portrait-file-that-anybody-deletes
-- open faces: authenticated delete
create table faces (id int primary key, bucket_id text not null, name text not null, owner uuid);
alter table faces enable row level security;
insert into faces values (1, 'faces', :A || '/me.png', :A), (2, 'faces', :B || '/me.png', :B);
create policy mine on faces for select to authenticated using (bucket_id = 'faces' and (storage.foldername(name))[1] = auth.uid()::text);
create policy tidy on faces for delete to authenticated using (bucket_id = 'faces' and storage.filename(name) = 'me.png');

-- set-up: fourteenth-etchings-by-a-pattern-in-any-folder
-- open etchings: authenticated insert
-- beneath etchings: insert into etchings values (9, 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/forged.tif', 'open', :S)
create table etchings (id int primary key, path text not null, shelf text not null, drawn_by uuid not null default auth.uid());
insert into etchings values (1, :A || '/a.tif', 'open', :A), (2, :B || '/b.psd', 'open', :B);
alter table etchings enable row level security;
create policy look on etchings for select to authenticated using (shelf = 'open' and split_part(path, '/', 1) = auth.uid()::text);
create policy put on etchings for insert to authenticated with check (drawn_by = auth.uid() and shelf = 'open' and path ~* '\.(tif|psd)$');
