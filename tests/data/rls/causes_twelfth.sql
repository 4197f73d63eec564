-- set-up: twelfth-name-given-and-keeper-filled-in
-- protected
create table hives (id uuid primary key default gen_random_uuid(), beekeeper uuid not null default auth.uid(), label text not null);
insert into hives values ('11111111-0000-4000-8000-00000000000a', :A, 'Lime'), ('11111111-0000-4000-8000-00000000000b', :B, 'Fir');
alter table hives enable row level security;
revoke insert, update on hives from anon, authenticated;
grant insert (label), update (label) on hives to authenticated;
create policy keepers on hives for all to authenticated using (beekeeper = auth.uid()) with check (beekeeper = auth.uid());

-- set-up: twelfth-keeper-that-anybody-names
-- open hives: authenticated insert
create table hives (id uuid primary key default gen_random_uuid(), beekeeper uuid not null default auth.uid(), label text not null);
insert into hives values ('11111111-0000-4000-8000-00000000000a', :A, 'Lime'), ('11111111-0000-4000-8000-00000000000b', :B, 'Fir');
alter table hives enable row level security;
revoke insert, update on hives from anon, authenticated;
grant insert (label, beekeeper), update (label) on hives to authenticated;
create policy keepers on hives for select to authenticated using (beekeeper = auth.uid());
create policy settle on hives for insert to authenticated with check (label <> '');

-- set-up: twelfth-captain-by-a-function-that-is-given-the-mark
-- open charts: authenticated select update
-- first authenticated: insert into hands values (9, 2, :S, 'captain', 'eve')
create table hands (id int primary key, ship_id int not null, user_id uuid not null, rank text not null default 'sailor', nick text);
create table charts (id int primary key, ship_id int not null, harbour text);
insert into hands values (1, 1, :A, 'captain', 'ann'), (2, 2, :B, 'captain', 'ben');
insert into charts values (1, 1, 'Bari'), (2, 2, 'Cork');
create function has_rank(ship int, wanted text default 'captain') returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from public.hands h where h.ship_id = ship and h.user_id = auth.uid() and h.rank = wanted) $$;
alter table hands enable row level security;
alter table charts enable row level security;
create policy crew on hands for select to authenticated using (user_id = auth.uid());
create policy sign_on on hands for insert to authenticated with check (user_id = auth.uid());
create policy read_charts on charts for select to authenticated using (has_rank(ship_id, 'captain'));
create policy draw_charts on charts for update to authenticated using (has_rank(ship_id));

-- set-up: twelfth-captain-that-nobody-makes-itself
-- protected
-- first authenticated: insert into hands values (9, 2, :S, 'captain', 'eve'); insert into hands (id, ship_id, user_id, nick) values (9, 2, :S, 'eve')
create table hands (id int primary key, ship_id int not null, user_id uuid not null, rank text not null default 'sailor', nick text);
create table charts (id int primary key, ship_id int not null, harbour text);
insert into hands values (1, 1, :A, 'captain', 'ann'), (2, 2, :B, 'captain', 'ben');
insert into charts values (1, 1, 'Bari'), (2, 2, 'Cork');
create function has_rank(ship int, wanted text default 'captain') returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from public.hands h where h.ship_id = ship and h.user_id = auth.uid() and h.rank = wanted) $$;
alter table hands enable row level security;
alter table charts enable row level security;
revoke insert, update, delete on hands from anon, authenticated;
grant update (nick) on hands to authenticated;
create policy crew on hands for select to authenticated using (user_id = auth.uid() or has_rank(ship_id));
create policy rename_oneself on hands for update to authenticated using (user_id = auth.uid()) with check (user_id = auth.uid());
create policy read_charts on charts for select to authenticated using (has_rank(ship_id, 'captain'));
create policy draw_charts on charts for update to authenticated using (has_rank(ship_id, 'captain'));

-- set-up: twelfth-rights-by-a-list-that-is-passed-on
-- open budgets: authenticated select
-- first authenticated: insert into posts_held values (:S, 2, 'bursar')
create table posts_held (user_id uuid not null, school int not null, post text not null, primary key (user_id, school));
create table budgets (id int primary key, school int not null, cents int);
insert into posts_held values (:A, 1, 'bursar'), (:B, 2, 'bursar');
insert into budgets values (1, 1, 10), (2, 2, 20);
create function holds(s int, posts text[]) returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from public.posts_held h where h.school = s and h.user_id = auth.uid() and h.post = any(posts)) $$;
create function may_see_money(s int, allowed text[]) returns boolean language sql stable security definer set search_path = '' as
  $$ select public.holds(s, allowed) $$;
alter table posts_held enable row level security;
alter table budgets enable row level security;
create policy own_posts on posts_held for select to authenticated using (user_id = auth.uid());
create policy take_post on posts_held for insert to authenticated with check (user_id = auth.uid());
create policy money on budgets for select to authenticated using (may_see_money(school, array['bursar', 'rector']));
