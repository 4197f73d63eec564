-- set-up: eighth-role-that-nobody-may-give-itself
-- protected
create table accounts (id uuid primary key, nick text, rank text not null default 'user');
create table reports (id int primary key, reporter uuid not null, words text);
insert into accounts values (:A, 'ann', 'moderator'), (:B, 'ben', 'user');
insert into reports values (1, :A, 'spam'), (2, :B, 'noise');
alter table accounts enable row level security;
alter table reports enable row level security;
revoke insert, update on accounts from anon, authenticated;
grant insert (id, nick), update (nick) on accounts to authenticated;
create policy own_account on accounts for all to authenticated using (id = auth.uid()) with check (id = auth.uid());
create policy report on reports for insert to authenticated with check (reporter = auth.uid());
create policy seen on reports for select to authenticated
  using (reporter = auth.uid() or exists (select 1 from accounts a where a.id = auth.uid() and a.rank = 'moderator'));

-- set-up: eighth-role-that-anybody-gives-itself-at-sign-up
-- open reports: authenticated select
-- first authenticated: insert into accounts values (:S, 'eve', 'moderator')
create table accounts (id uuid primary key, nick text, rank text not null default 'user');
create table reports (id int primary key, reporter uuid not null, words text);
insert into accounts values (:A, 'ann', 'moderator'), (:B, 'ben', 'user');
insert into reports values (1, :A, 'spam'), (2, :B, 'noise');
alter table accounts enable row level security;
alter table reports enable row level security;
revoke insert, update on accounts from anon, authenticated;
grant insert, update (nick) on accounts to authenticated;
create policy own_account on accounts for select to authenticated using (id = auth.uid());
create policy new_account on accounts for insert to authenticated with check (id = auth.uid());
create policy report on reports for insert to authenticated with check (reporter = auth.uid());
create policy seen on reports for select to authenticated
  using (reporter = auth.uid() or exists (select 1 from accounts a where a.id = auth.uid() and a.rank = 'moderator'));

-- set-up: eighth-flag-that-a-trigger-takes-down
-- protected
create table people (id uuid primary key, nick text, boss boolean not null default false);
create table incidents (id int primary key, author uuid not null, words text);
insert into people values (:A, 'ann', true), (:B, 'ben', false);
insert into incidents values (1, :A, 'flood'), (2, :B, 'fire');
create function guard() returns trigger language plpgsql as $$ begin
  if current_user in ('anon', 'authenticated') then
    if tg_op = 'INSERT' then new.boss := false;
    elsif new.boss is distinct from old.boss then raise exception 'boss stays as it is'; end if;
  end if;
  return new; end $$;
create trigger guard before insert or update on people for each row execute function guard();
alter table people enable row level security;
alter table incidents enable row level security;
create policy own_person on people for all to authenticated using (id = auth.uid()) with check (id = auth.uid());
create policy tell on incidents for insert to authenticated with check (author = auth.uid());
create policy read on incidents for select to authenticated
  using (author = auth.uid() or exists (select 1 from people p where p.id = auth.uid() and p.boss));

-- set-up: eighth-flag-that-a-trigger-takes-down-too-late
-- open incidents: authenticated select
-- first authenticated: insert into people values (:S, 'eve', true)
create table people (id uuid primary key, nick text, boss boolean not null default false);
create table incidents (id int primary key, author uuid not null, words text);
insert into people values (:A, 'ann', true), (:B, 'ben', false);
insert into incidents values (1, :A, 'flood'), (2, :B, 'fire');
create function guard() returns trigger language plpgsql as $$ begin
  if new.boss is distinct from old.boss then raise exception 'boss stays as it is'; end if;
  return new; end $$;
create trigger guard before update on people for each row execute function guard();
alter table people enable row level security;
alter table incidents enable row level security;
create policy own_person on people for select to authenticated using (id = auth.uid());
create policy new_person on people for insert to authenticated with check (id = auth.uid());
create policy tell on incidents for insert to authenticated with check (author = auth.uid());
create policy read on incidents for select to authenticated
  using (author = auth.uid() or exists (select 1 from people p where p.id = auth.uid() and p.boss));

-- set-up: eighth-company-of-ones-own-by-a-function
-- protected
create schema hidden;
grant usage on schema hidden to authenticated;
create table companies (id uuid primary key default gen_random_uuid(), title text not null);
create table staff_of (company_id uuid not null references companies, user_id uuid not null, rank text not null check (rank in ('owner', 'member')), primary key (company_id, user_id));
insert into companies values ('c0000000-0000-4000-8000-00000000000a', 'Acme'), ('c0000000-0000-4000-8000-00000000000b', 'Globex');
insert into staff_of values ('c0000000-0000-4000-8000-00000000000a', :A, 'owner'), ('c0000000-0000-4000-8000-00000000000b', :B, 'owner');
create function hidden.is_in(c uuid, ranks text[]) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.staff_of where company_id = c and user_id = (select auth.uid()) and rank = any (ranks)) $$;
create function found_company(called text) returns void language plpgsql security definer set search_path = '' as $$
declare made uuid;
begin
  insert into public.companies (title) values (called) returning id into made;
  insert into public.staff_of values (made, auth.uid(), 'owner');
end $$;
revoke execute on function found_company(text) from public, anon;
alter table companies enable row level security;
alter table staff_of enable row level security;
create policy seen on companies for select to authenticated using (hidden.is_in(id, '{owner,member}'));
create policy renamed on companies for update to authenticated using (hidden.is_in(id, '{owner}')) with check (hidden.is_in(id, '{owner}'));
create policy seen on staff_of for select to authenticated using (hidden.is_in(company_id, '{owner,member}'));
create policy added on staff_of for insert to authenticated with check (hidden.is_in(company_id, '{owner}'));

-- set-up: eighth-company-of-others-by-a-function
-- open companies: authenticated select update
-- open staff_of: authenticated select
-- first authenticated: select join_company('c0000000-0000-4000-8000-00000000000a')
create schema hidden;
grant usage on schema hidden to authenticated;
create table companies (id uuid primary key default gen_random_uuid(), title text not null);
create table staff_of (company_id uuid not null references companies, user_id uuid not null, rank text not null check (rank in ('owner', 'member')), primary key (company_id, user_id));
insert into companies values ('c0000000-0000-4000-8000-00000000000a', 'Acme'), ('c0000000-0000-4000-8000-00000000000b', 'Globex');
insert into staff_of values ('c0000000-0000-4000-8000-00000000000a', :A, 'owner'), ('c0000000-0000-4000-8000-00000000000b', :B, 'owner');
create function hidden.is_in(c uuid, ranks text[]) returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select 1 from public.staff_of where company_id = c and user_id = (select auth.uid()) and rank = any (ranks)) $$;
create function join_company(which uuid) returns void language plpgsql security definer set search_path = '' as $$
begin
  insert into public.staff_of values (which, auth.uid(), 'owner');
end $$;
revoke execute on function join_company(uuid) from public, anon;
alter table companies enable row level security;
alter table staff_of enable row level security;
create policy seen on companies for select to authenticated using (hidden.is_in(id, '{owner,member}'));
create policy renamed on companies for update to authenticated using (hidden.is_in(id, '{owner}')) with check (hidden.is_in(id, '{owner}'));
create policy seen on staff_of for select to authenticated using (hidden.is_in(company_id, '{owner,member}'));

-- set-up: eighth-job-of-anybody-taken-by-a-function
-- open take_job(): anon update
-- open take_job(): authenticated update
create table jobs (id int primary key, asked_by uuid not null, scene text, state text not null default 'queued');
insert into jobs values (1, :A, 's3://a', 'queued'), (2, :B, 's3://b', 'queued');
alter table jobs enable row level security;
create policy own on jobs for select to authenticated using (asked_by = auth.uid());
create policy asked on jobs for insert to authenticated with check (asked_by = auth.uid() and state = 'queued');
create function take_job() returns void language plpgsql security definer set search_path = public as $$
begin
  update jobs set state = 'running' where id = (select id from jobs where state = 'queued' order by id limit 1);
end $$;

-- set-up: eighth-job-of-ones-own-taken-by-a-function
-- protected
create table jobs (id int primary key, asked_by uuid not null, scene text, state text not null default 'queued');
insert into jobs values (1, :A, 's3://a', 'queued'), (2, :B, 's3://b', 'queued');
alter table jobs enable row level security;
create policy own on jobs for select to authenticated using (asked_by = auth.uid());
create policy asked on jobs for insert to authenticated with check (asked_by = auth.uid() and state = 'queued');
create function take_job() returns jobs language plpgsql security definer set search_path = public as $$
declare job jobs;
begin
  update jobs set state = 'running'
  where id = (select id from jobs where state = 'queued' and asked_by = auth.uid() order by id limit 1) returning * into job;
  return job;
end $$;

-- set-up: eighth-list-of-curators-out-of-reach
-- protected
create schema gates;
create table gates.curators (user_id uuid primary key);
insert into gates.curators values (:A);
create function gates.is_curator() returns boolean language sql stable security definer set search_path = '' as $$
  select exists (select 1 from gates.curators where user_id = auth.uid()) $$;
grant usage on schema gates to authenticated;
create table purchases (id int primary key, asked_by uuid not null, work text);
insert into purchases values (1, :A, 'etching'), (2, :B, 'bronze');
alter table purchases enable row level security;
create policy curators on purchases for all to authenticated using ((select gates.is_curator())) with check ((select gates.is_curator()));
create policy own on purchases for select to authenticated using (asked_by = auth.uid());

-- set-up: eighth-roles-that-only-admins-hand-out
-- protected
create type app_role as enum ('admin', 'editor', 'reader');
create table user_roles (id int primary key, user_id uuid not null, role app_role not null, unique (user_id, role));
create table releases (id int primary key, writer uuid, words text);
insert into user_roles values (1, :A, 'admin'), (2, :B, 'reader');
insert into releases values (1, :A, 'merger'), (2, :B, 'layoffs');
create function has_role(wanted app_role) returns boolean language sql stable security definer set search_path = public as $$
  select exists (select 1 from user_roles where user_id = auth.uid() and role = wanted) $$;
alter table user_roles enable row level security;
alter table releases enable row level security;
create policy own on user_roles for select to authenticated using (user_id = auth.uid());
create policy admins_see on user_roles for select to authenticated using (has_role('admin'));
create policy admins_add on user_roles for insert to authenticated with check (has_role('admin'));
create policy admins_take on user_roles for delete to authenticated using (has_role('admin'));
create policy own on releases for select to authenticated using (writer = auth.uid());
create policy editors on releases for all to authenticated
  using (has_role('admin') or has_role('editor')) with check (has_role('admin') or has_role('editor'));

-- set-up: eighth-talk-that-one-opens-with-somebody
-- protected
create table talks (id uuid primary key default gen_random_uuid(), begun_by uuid not null);
create table talk_people (talk_id uuid not null references talks, user_id uuid not null, primary key (talk_id, user_id));
insert into talks values ('c0000000-0000-4000-8000-000000000001', :A);
insert into talk_people values ('c0000000-0000-4000-8000-000000000001', :A), ('c0000000-0000-4000-8000-000000000001', :B);
alter table talks enable row level security;
alter table talk_people enable row level security;
create policy begun on talks for select to authenticated using (begun_by = auth.uid());
create policy own on talk_people for select to authenticated using (user_id = auth.uid());
create function open_talk(other uuid) returns uuid language plpgsql security definer set search_path = '' as $$
declare made uuid;
begin
  if auth.uid() is null then raise exception 'sign in'; end if;
  insert into public.talks (begun_by) values (auth.uid()) returning id into made;
  insert into public.talk_people values (made, auth.uid()), (made, other) on conflict do nothing;
  return made;
end $$;
