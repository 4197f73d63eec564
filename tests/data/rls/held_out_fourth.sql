-- set-up: captain-of-any-crew-dismisses-from-every-crew
-- open crew: authenticated select delete
create table crew (ship int not null, sailor uuid not null, post text not null, primary key (ship, sailor));
alter table crew enable row level security;
insert into crew values (1, :A, 'captain'), (2, :B, 'captain'), (3, :S, 'captain');
create function is_captain() returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.crew c where c.sailor = auth.uid() and c.post = 'captain') $$;
create policy look on crew for select to authenticated using (sailor = auth.uid() or is_captain());
create policy dismiss on crew for delete to authenticated using (is_captain());

-- set-up: captain-of-this-crew-dismisses
-- protected
create table crew (ship int not null, sailor uuid not null, post text not null, primary key (ship, sailor));
alter table crew enable row level security;
insert into crew values (1, :A, 'captain'), (2, :B, 'captain'), (3, :S, 'captain');
create function is_captain(of_ship int) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.crew c where c.sailor = auth.uid() and c.post = 'captain' and c.ship = of_ship) $$;
create policy look on crew for select to authenticated using (sailor = auth.uid() or is_captain(ship));
create policy dismiss on crew for delete to authenticated using (is_captain(ship));

-- set-up: treasurer-of-any-club-edits-seats-of-all
-- open seats: authenticated select update
create table seats (id int primary key, club_id int not null, person_id uuid not null, treasurer boolean not null default false);
alter table seats enable row level security;
insert into seats values (1, 1, :A, true), (2, 2, :B, true), (3, 3, :S, true);
create function clubs() returns setof int language sql stable security definer set search_path = '' as
    $$ select s.club_id from public.seats s where s.person_id = auth.uid() $$;
create function treasurer() returns boolean language plpgsql stable security definer set search_path = '' as $$
begin return exists (select from public.seats s where s.person_id = auth.uid() and s.treasurer); end $$;
create policy look on seats for select to authenticated using (club_id in (select clubs()) or treasurer());
create policy edit on seats for update to authenticated using (treasurer());

-- set-up: administrators-look-at-all-profiles
-- protected
create table profiles (user_id uuid primary key, nick text, picture_id int, role text not null default 'user' check (role in ('user', 'admin')));
alter table profiles enable row level security;
insert into profiles values (:A, 'a', 1, 'user'), (:B, 'b', 2, 'user');
create function is_admin() returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.profiles p where p.user_id = auth.uid() and p.role = 'admin') $$;
create policy mine on profiles for select to authenticated using (user_id = auth.uid());
create policy admins on profiles for all to authenticated using (is_admin()) with check (is_admin());

-- set-up: regions-that-begin-like-ones-own
-- open depots: authenticated select
create table drivers (user_id uuid primary key, region text not null);
create table depots (id int primary key, region text not null, keeper uuid not null);
alter table drivers enable row level security;
alter table depots enable row level security;
insert into drivers values (:A, 'north'), (:B, 'norway'), (:S, 'nor');
insert into depots values (1, 'north', :A), (2, 'norway', :B);
create policy me on drivers for select to authenticated using (user_id = auth.uid());
create function my_region() returns text language sql stable security definer set search_path = '' as
    $$ select d.region from public.drivers d where d.user_id = auth.uid() $$;
create policy near on depots for select to authenticated using (starts_with(region, my_region()));

-- set-up: regions-below-ones-own
-- protected
create table drivers (user_id uuid primary key, region text not null);
create table depots (id int primary key, region text not null, keeper uuid not null);
alter table drivers enable row level security;
alter table depots enable row level security;
insert into drivers values (:A, 'north'), (:B, 'norway'), (:S, 'nor');
insert into depots values (1, 'north', :A), (2, 'norway', :B);
create policy me on drivers for select to authenticated using (user_id = auth.uid());
create function my_region() returns text language sql stable security definer set search_path = '' as
    $$ select d.region from public.drivers d where d.user_id = auth.uid() $$;
create policy near on depots for select to authenticated using (region = my_region() or starts_with(region, my_region() || '/'));

-- set-up: branches-of-a-tree-cut-to-the-length-of-ones-own
-- open papers: authenticated select
create table seats (person uuid not null, branch text not null);
create table papers (id int primary key, branch text not null, writer uuid not null, words text);
alter table seats enable row level security;
alter table papers enable row level security;
insert into seats values (:A, '72'), (:B, '71'), (:S, '7');
insert into papers values (1, '72', :A, 'a'), (2, '71', :B, 'b');
create policy me on seats for select to authenticated using (person = auth.uid());
create policy below on papers for select to authenticated using (
    exists (select from seats s where s.person = auth.uid() and left(papers.branch, length(s.branch)) = s.branch));

-- set-up: branches-that-end-with-a-stroke
-- protected
create table seats (person uuid not null, branch text not null check (branch ~ '^/([a-z0-9-]+/)+$'));
create table papers (id int primary key, branch text not null check (branch ~ '^/([a-z0-9-]+/)+$'), writer uuid not null, words text);
alter table seats enable row level security;
alter table papers enable row level security;
insert into seats values (:A, '/7/'), (:B, '/71/'), (:S, '/1/');
insert into papers values (1, '/7/', :A, 'a'), (2, '/71/', :B, 'b');
create policy me on seats for select to authenticated using (person = auth.uid());
create policy below on papers for select to authenticated using (
    exists (select from seats s where s.person = auth.uid() and papers.branch like s.branch || '%'));

-- set-up: postcodes-of-a-round
-- protected
create table rounds (courier uuid not null, starts_with text not null);
create table parcels (id int primary key, postcode text not null, addressee uuid not null);
alter table rounds enable row level security;
alter table parcels enable row level security;
insert into rounds values (:A, '10'), (:B, '20'), (:S, '30');
insert into parcels values (1, '10115', :A), (2, '20095', :B);
create policy me on rounds for select to authenticated using (courier = auth.uid());
create policy mine on parcels for select to authenticated using (
    addressee = auth.uid() or exists (select from rounds r where r.courier = auth.uid() and parcels.postcode like r.starts_with || '%'));

-- set-up: stewards-and-lower-ranks-may-strike-out
-- open ledger: authenticated delete
create type guild_rank as enum ('master', 'manager', 'journeyman', 'apprentice');
create table guild_people (guild int not null, person uuid not null, rank guild_rank not null, primary key (guild, person));
create table ledger (id int primary key, guild int not null, entered_by uuid not null, words text);
alter table guild_people enable row level security;
alter table ledger enable row level security;
insert into guild_people values (1, :A, 'master'), (2, :B, 'master'), (2, :S, 'apprentice');
insert into ledger values (1, 1, :A, 'a'), (2, 2, :B, 'b');
create policy me on guild_people for select to authenticated using (person = auth.uid());
create policy strike on ledger for delete to authenticated using (
    (select p.rank from guild_people p where p.person = auth.uid() and p.guild = ledger.guild) >= 'manager');

-- set-up: managers-and-higher-ranks-may-strike-out
-- protected
create type guild_rank as enum ('apprentice', 'journeyman', 'manager', 'owner');
create table guild_people (guild int not null, person uuid not null, rank guild_rank not null, primary key (guild, person));
create table ledger (id int primary key, guild int not null, entered_by uuid not null, words text);
alter table guild_people enable row level security;
alter table ledger enable row level security;
insert into guild_people values (1, :A, 'owner'), (2, :B, 'owner'), (2, :S, 'apprentice');
insert into ledger values (1, 1, :A, 'a'), (2, 2, :B, 'b');
create policy me on guild_people for select to authenticated using (person = auth.uid());
create policy strike on ledger for delete to authenticated using (
    (select p.rank from guild_people p where p.person = auth.uid() and p.guild = ledger.guild) >= 'manager');

-- set-up: levels-of-access-by-their-letters
-- open plans: authenticated update
create table studio_access (studio_id int not null, user_id uuid not null, level text not null check (level in ('admin', 'editor', 'viewer')), primary key (studio_id, user_id));
create table plans (id int primary key, studio_id int not null, drawn_by uuid, words text);
alter table studio_access enable row level security;
alter table plans enable row level security;
insert into studio_access values (1, :A, 'admin'), (2, :B, 'admin'), (2, :S, 'viewer');
insert into plans values (1, 1, :A, 'a'), (2, 2, :B, 'b');
create policy me on studio_access for select to authenticated using (user_id = auth.uid());
create function reaches(studio int, lowest text) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.studio_access s where s.studio_id = studio and s.user_id = auth.uid() and s.level >= lowest) $$;
create policy draw on plans for update to authenticated using (reaches(studio_id, 'editor'));

-- set-up: applications-that-nobody-but-the-server-reads
-- protected
create table applications (id bigint generated always as identity primary key, full_name text not null, telephone text, letter text not null, state text not null default 'new');
alter table applications enable row level security;
revoke all on applications from anon, authenticated;
grant insert (full_name, telephone, letter) on applications to anon;
create policy apply on applications for insert to anon with check (state = 'new' and length(letter) < 9000);

-- set-up: reviews-of-anybody-by-anybody
-- open reviews: anon insert
-- open reviews: authenticated insert
create table reviews (id bigint generated always as identity primary key, customer_id uuid not null, stars int not null, words text);
alter table reviews enable row level security;
insert into reviews (customer_id, stars) values (:A, 1), (:B, 2);
create policy write on reviews for insert with check (stars between 1 and 5);
create policy mine on reviews for select to authenticated using (customer_id = auth.uid());

-- set-up: pictures-of-a-studio-with-a-note-of-who-brought-them
-- protected
create table studio_people (studio int not null, person uuid not null, primary key (studio, person));
create table pictures (id int primary key, studio int not null, uploaded_by uuid, title text);
alter table studio_people enable row level security;
alter table pictures enable row level security;
insert into studio_people values (1, :A), (2, :B);
insert into pictures values (1, 1, :A, 'a'), (2, 2, :B, 'b');
create function my_studios() returns setof int language sql stable security definer set search_path = '' as
    $$ select p.studio from public.studio_people p where p.person = auth.uid() $$;
create policy me on studio_people for select to authenticated using (person = auth.uid());
create policy ours on pictures for all to authenticated using (studio in (select my_studios())) with check (studio in (select my_studios()));

-- set-up: letters-of-a-studio-signed-with-any-name
-- open letters: authenticated insert
create table letters (id int primary key, studio int not null, written_by uuid not null, words text);
alter table letters enable row level security;
insert into letters values (1, 1, :A, 'a'), (2, 2, :B, 'b');
create policy sign on letters for insert to authenticated with check (studio in (1, 2));
create policy mine on letters for update to authenticated using (written_by = auth.uid());

-- set-up: halls-by-the-name-of-the-channel
-- protected
-- forge set realtime.topic = hall-2
create schema if not exists realtime;
grant usage on schema realtime to anon, authenticated;
create or replace function realtime.topic() returns text language sql stable as $$ select nullif(current_setting('realtime.topic', true), '') $$;
create table hall_people (hall text not null, person uuid not null);
create table signals (id int primary key, topic text not null, words text);
alter table hall_people enable row level security;
alter table signals enable row level security;
insert into hall_people values ('1', :A), ('2', :B);
insert into signals values (1, 'hall-1', 'a'), (2, 'hall-2', 'b');
create policy me on hall_people for select to authenticated using (person = auth.uid());
create policy hear on signals for select to authenticated using (
    exists (select from hall_people h where h.person = (select auth.uid()) and (select realtime.topic()) = concat('hall-', h.hall)));

-- set-up: halls-of-everybody-by-the-name-of-the-channel
-- open signals: authenticated select
-- forge set realtime.topic = hall-2
create schema if not exists realtime;
grant usage on schema realtime to anon, authenticated;
create or replace function realtime.topic() returns text language sql stable as $$ select nullif(current_setting('realtime.topic', true), '') $$;
create table signals (id int primary key, topic text not null, words text);
alter table signals enable row level security;
insert into signals values (1, 'hall-1', 'a'), (2, 'hall-2', 'b');
create policy hear on signals for select to authenticated using ((select realtime.topic()) like 'hall-%');

-- set-up: people-who-shut-somebody-out-have-no-key-to-their-own-list
-- open walls: authenticated select
create table shut_out (by_whom uuid not null, whom uuid not null);
create table walls (id int primary key, owner_id uuid not null, words text);
alter table shut_out enable row level security;
alter table walls enable row level security;
insert into walls values (1, :A, 'a'), (2, :B, 'b');
create function shut(host uuid) returns boolean language sql stable security definer set search_path = '' as
    $$ select exists (select from public.shut_out s where s.by_whom = host and s.whom = auth.uid()) $$;
create policy mine on shut_out for all to authenticated using (by_whom = auth.uid()) with check (by_whom = auth.uid());
create policy look on walls for select to authenticated using (not shut(owner_id));

-- set-up: gifts-out-of-ones-own-purse-only
-- protected
create table purses (id int primary key, keeper uuid not null, coins int not null);
alter table purses enable row level security;
insert into purses values (1, :A, 10), (2, :B, 10);
create policy mine on purses for select to authenticated using (keeper = auth.uid());
create function give(giver int, taker int, coins int) returns void language plpgsql security definer set search_path = '' as $$
begin
    if coins is null or coins <= 0 or not exists (select from public.purses p where p.id = giver and p.keeper = auth.uid() and p.coins >= give.coins) then
        raise exception 'not yours';
    end if;
    update public.purses p set coins = p.coins - give.coins where p.id = giver;
    update public.purses p set coins = p.coins + give.coins where p.id = taker;
end $$;
revoke execute on function give(int, int, int) from public, anon;

-- set-up: chairs-of-any-board-dismiss-the-people-of-all
-- open board_seats: authenticated delete
create table board_seats (board uuid not null, holder uuid not null, chair boolean not null default false, nick text, unique (board, holder));
alter table board_seats enable row level security;
insert into board_seats values (:A, :A, true, 'a'), (:B, :B, true, 'b'), (:S, :S, true, 's');
create function chairs() returns boolean language sql stable security definer set search_path = '' as
    $$ select coalesce((select bool_or(s.chair) from public.board_seats s where s.holder = auth.uid()), false) $$;
create policy dismiss on board_seats for delete to authenticated using (chairs());

-- set-up: support-of-the-platform-looks-at-the-seats-of-all-boards
-- protected
create table board_seats (board uuid not null, holder uuid not null, platform_support boolean not null default false, nick text, unique (board, holder));
alter table board_seats enable row level security;
insert into board_seats values (:A, :A, false, 'a'), (:B, :B, false, 'b');
create function supports() returns boolean language sql stable security definer set search_path = '' as
    $$ select coalesce((select bool_or(s.platform_support) from public.board_seats s where s.holder = auth.uid()), false) $$;
create policy mine on board_seats for select to authenticated using (holder = auth.uid() or supports());

-- set-up: department-heads-look-at-the-staff-of-their-department
-- protected
create table staff (person uuid primary key, department_id int not null, heads boolean not null default false, pay int);
alter table staff enable row level security;
insert into staff values (:A, 1, true, 1), (:B, 2, true, 2), (:S, 3, true, 3);
create function headed() returns setof int language sql stable security definer set search_path = '' as
    $$ select s.department_id from public.staff s where s.person = auth.uid() and s.heads $$;
create policy look on staff for select to authenticated using (person = auth.uid() or department_id in (select headed()));

-- set-up: folders-by-a-pattern-of-ones-own-folder
-- open scans: authenticated select
create table desk_folders (clerk_id uuid not null, folder text not null);
create table scans (id int primary key, folder text not null, page text);
alter table desk_folders enable row level security;
alter table scans enable row level security;
insert into desk_folders values (:A, 'tax'), (:B, 'taxi'), (:S, 'ta');
insert into scans values (1, 'tax', 'a'), (2, 'taxi', 'b');
create policy me on desk_folders for select to authenticated using (clerk_id = auth.uid());
create policy look on scans for select to authenticated using (
    exists (select from desk_folders d where d.clerk_id = auth.uid() and scans.folder ~ ('^' || d.folder)));

-- set-up: folders-by-an-array-of-their-parts
-- protected
create table desk_folders (clerk_id uuid not null, folder text not null);
create table scans (id int primary key, folder text not null, page text);
alter table desk_folders enable row level security;
alter table scans enable row level security;
insert into desk_folders values (:A, 'tax'), (:B, 'taxi'), (:S, 'ta');
insert into scans values (1, 'tax', 'a'), (2, 'taxi', 'b');
create policy me on desk_folders for select to authenticated using (clerk_id = auth.uid());
create policy look on scans for select to authenticated using (
    exists (select from desk_folders d where d.clerk_id = auth.uid() and (scans.folder || '/') like (d.folder || '/%')));

-- set-up: plans-at-or-below-the-plan-that-was-paid
-- protected
create type plan as enum ('free', 'team', 'business');
create table paying (account uuid primary key, plan plan not null default 'free');
create table lessons (id int primary key, least plan not null, author_id uuid not null, words text);
alter table paying enable row level security;
alter table lessons enable row level security;
insert into paying values (:A, 'free'), (:B, 'business');
insert into lessons values (1, 'free', :A, 'a'), (2, 'business', :B, 'b');
create policy me on paying for select to authenticated using (account = auth.uid());
create policy learn on lessons for update to authenticated using (author_id = auth.uid());

-- set-up: clearance-that-grows-towards-the-guests
-- open dossiers: authenticated update
create type clearance as enum ('director', 'officer', 'clerk', 'guest');
create table bureau_people (bureau_id int not null, person_id uuid not null, clearance clearance not null, unique (bureau_id, person_id));
create table dossiers (id int primary key, bureau_id int not null, opened_by uuid not null, words text);
alter table bureau_people enable row level security;
alter table dossiers enable row level security;
insert into bureau_people values (1, :A, 'director'), (2, :B, 'director'), (2, :S, 'guest');
insert into dossiers values (1, 1, :A, 'a'), (2, 2, :B, 'b');
create policy me on bureau_people for select to authenticated using (person_id = auth.uid());
create function cleared(bureau int) returns boolean language plpgsql stable security definer set search_path = '' as $$
declare mine public.clearance;
begin
    select p.clearance into mine from public.bureau_people p where p.bureau_id = bureau and p.person_id = auth.uid();
    return coalesce(mine >= 'officer', false);
end $$;
create policy edit on dossiers for update to authenticated using (cleared(bureau_id));

-- set-up: questions-to-the-press-office-in-anybodys-name
-- open questions: anon insert
create table questions (id bigint generated always as identity primary key, asked_by uuid, words text not null, answered boolean not null default false);
alter table questions enable row level security;
insert into questions (asked_by, words) values (:A, 'a'), (:B, 'b');
revoke all on questions from anon, authenticated;
grant insert (asked_by, words) on questions to anon;
create policy ask on questions for insert to anon with check (not answered);

-- set-up: points-that-anybody-gives-to-anybody
-- open award(2, 5): authenticated update
create table scores (id int primary key, player uuid not null, points int not null);
alter table scores enable row level security;
insert into scores values (1, :A, 10), (2, :B, 10);
create policy mine on scores for select to authenticated using (player = auth.uid());
create function award(score int, more int) returns void language sql security definer set search_path = '' as
    $$ update public.scores s set points = s.points + award.more where s.id = award.score $$;
revoke execute on function award(int, int) from public, anon;

-- set-up: channels-by-the-number-of-the-chat
-- protected
-- forge set realtime.topic = chat:2
create schema if not exists realtime;
grant usage on schema realtime to anon, authenticated;
create or replace function realtime.topic() returns text language sql stable as $$ select nullif(current_setting('realtime.topic', true), '') $$;
create table chat_people (chat_id int not null, user_id uuid not null);
create table chat_lines (id int primary key, channel text not null, words text);
alter table chat_people enable row level security;
alter table chat_lines enable row level security;
insert into chat_people values (1, :A), (2, :B);
insert into chat_lines values (1, 'chat:1', 'a'), (2, 'chat:2', 'b');
create policy me on chat_people for select to authenticated using (user_id = auth.uid());
create policy hear on chat_lines for select to authenticated using (
    (select split_part(realtime.topic(), ':', 2)) in (select p.chat_id::text from chat_people p where p.user_id = (select auth.uid())));

-- set-up: notices-that-stay-for-ever-or-are-over
-- open notices: authenticated select
create table notices (id serial primary key, owner_id uuid not null, body text, withdrawn_at timestamptz);
insert into notices (owner_id, body, withdrawn_at) values (:A, 'mine', null), (:A, 'old', '2025-01-01'), (:B, 'other', null);
alter table notices enable row level security;
create policy of_own on notices for select to authenticated
  using (owner_id = auth.uid() and withdrawn_at is null or withdrawn_at < now());

-- set-up: notices-of-ones-own-until-they-are-over
-- protected
create table notices (id serial primary key, owner_id uuid not null, body text, withdrawn_at timestamptz);
insert into notices (owner_id, body, withdrawn_at) values (:A, 'mine', null), (:A, 'old', '2025-01-01'), (:B, 'other', null);
alter table notices enable row level security;
create policy of_own on notices for select to authenticated
  using (owner_id = auth.uid() and (withdrawn_at is null or withdrawn_at > now()));

-- set-up: files-below-a-home-without-a-separator
-- open files: authenticated select
create table drives (user_id uuid primary key, home text not null);
create table files (path text primary key, user_id uuid not null);
insert into drives values (:A, '/home/ann-private'), (:B, '/home/bob'), (:S, '/home/ann');
insert into files values ('/home/ann-private/x', :A), ('/home/bob/y', :B);
alter table drives enable row level security;
alter table files enable row level security;
create policy of_own on drives for select to authenticated using (user_id = auth.uid());
create policy below_home on files for select to authenticated
  using (path like (select home from drives where user_id = auth.uid()) || '%');

-- set-up: a-guest-who-calls-himself-the-host
-- open ledgers: authenticated select
-- first authenticated: insert into stays (guest, host) values (:A, :S)
create table stays (id uuid primary key default gen_random_uuid(), guest uuid not null, host uuid not null);
create table ledgers (id uuid primary key default gen_random_uuid(), kept_for uuid not null, sum int not null);
insert into stays (guest, host) values (:A, :B);
insert into ledgers (kept_for, sum) values (:A, 1), (:B, 2);
alter table stays enable row level security;
alter table ledgers enable row level security;
create policy see on stays for select to authenticated using (auth.uid() in (guest, host));
create policy book on stays for insert to authenticated with check (guest = auth.uid() or host = auth.uid());
create policy of_own on ledgers for select to authenticated using (kept_for = auth.uid());
create policy of_guests on ledgers for select to authenticated using (
  exists (select 1 from stays s where s.guest = kept_for and s.host = auth.uid()));

-- set-up: a-guest-who-names-his-host
-- protected
create table stays (id uuid primary key default gen_random_uuid(), guest uuid not null, host uuid not null);
create table ledgers (id uuid primary key default gen_random_uuid(), kept_for uuid not null, sum int not null);
insert into stays (guest, host) values (:A, :B);
insert into ledgers (kept_for, sum) values (:A, 1), (:B, 2);
alter table stays enable row level security;
alter table ledgers enable row level security;
create policy see on stays for select to authenticated using (auth.uid() in (guest, host));
create policy book on stays for insert to authenticated with check (guest = auth.uid());
create policy of_own on ledgers for select to authenticated using (kept_for = auth.uid());
create policy of_guests on ledgers for select to authenticated using (
  exists (select 1 from stays s where s.guest = kept_for and s.host = auth.uid()));

-- set-up: letters-whose-receiver-may-name-another-sender
-- open diaries: authenticated select
-- first authenticated: update letters set sender = :A, answered = true where receiver = :S
create table letters (id int primary key, sender uuid not null, receiver uuid not null, answered boolean not null default false);
create table diaries (id int primary key, author uuid not null, words text);
insert into letters values (1, :A, :B, false), (2, :B, :S, false);
insert into diaries values (1, :A, 'a'), (2, :B, 'b');
alter table letters enable row level security;
alter table diaries enable row level security;
create policy see on letters for select to authenticated using (auth.uid() in (sender, receiver));
create policy answer on letters for update to authenticated using (receiver = auth.uid()) with check (receiver = auth.uid());
create policy of_own on diaries for select to authenticated using (author = auth.uid());
create policy of_friends on diaries for select to authenticated using (
  exists (select 1 from letters l where l.answered and l.sender = author and l.receiver = auth.uid()));

-- set-up: letters-whose-sender-stays
-- protected
create table letters (id int primary key, sender uuid not null, receiver uuid not null, answered boolean not null default false);
create table diaries (id int primary key, author uuid not null, words text);
insert into letters values (1, :A, :B, false), (2, :B, :S, false);
insert into diaries values (1, :A, 'a'), (2, :B, 'b');
alter table letters enable row level security;
alter table diaries enable row level security;
revoke update on letters from authenticated;
grant update (answered) on letters to authenticated;
create policy see on letters for select to authenticated using (auth.uid() in (sender, receiver));
create policy answer on letters for update to authenticated using (receiver = auth.uid()) with check (receiver = auth.uid());
create policy of_own on diaries for select to authenticated using (author = auth.uid());
create policy of_friends on diaries for select to authenticated using (
  exists (select 1 from letters l where l.answered and l.sender = author and l.receiver = auth.uid()));

-- set-up: a-rank-of-which-the-metadata-gives-the-lower-ones
-- protected
create table ranks (user_id uuid primary key, rank text not null default 'none');
create table cases (id int primary key, owner uuid not null, words text);
insert into auth.users (id) values (:A), (:B), (:S) on conflict do nothing;
insert into ranks values (:A, 'inspector'), (:B, 'none'), (:S, 'none');
insert into cases values (1, :A, 'a'), (2, :B, 'b');
create function copy_rank() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.raw_user_meta_data ->> 'rank' in ('none', 'guest') then
    update public.ranks set rank = new.raw_user_meta_data ->> 'rank' where user_id = new.id;
  end if;
  return new;
end $$;
create trigger on_change after update on auth.users for each row execute function copy_rank();
alter table ranks enable row level security;
alter table cases enable row level security;
create policy of_own on ranks for select to authenticated using (user_id = auth.uid());
create policy inspect on cases for select to authenticated using ((select rank from ranks where user_id = auth.uid()) = 'inspector');
