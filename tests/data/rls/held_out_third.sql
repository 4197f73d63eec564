-- set-up: upsert-through-a-view-by-a-renamed-key
-- open my_tasks: authenticated update
create table tasks (no int primary key, owner uuid not null, title text);
alter table tasks enable row level security;
insert into tasks values (1, :A, 'of a'), (2, :B, 'of b');
create view my_tasks as select no as task_number, owner, title from tasks where owner = auth.uid() with local check option;
revoke all on my_tasks from anon;

-- set-up: upsert-through-a-view-by-two-keys
-- open my_seats: authenticated update
create table seats (hall int, place int, holder uuid not null, primary key (hall, place));
alter table seats enable row level security;
insert into seats values (1, 1, :A), (1, 2, :B);
create view my_seats as select hall, place, holder from seats where holder = auth.uid() with check option;
revoke all on my_seats from anon;

-- set-up: upsert-through-a-view-with-the-callers-rights
-- protected
create table tasks (no int primary key, owner uuid not null, title text);
alter table tasks enable row level security;
insert into tasks values (1, :A, 'of a'), (2, :B, 'of b');
create policy mine on tasks for all to authenticated using (owner = auth.uid()) with check (owner = auth.uid());
create view my_tasks with (security_invoker = on) as select no, owner, title from tasks where owner = auth.uid() with check option;
revoke all on my_tasks from anon;

-- set-up: upsert-through-a-view-that-takes-only-new-rows
-- protected
create table tasks (no int primary key, owner uuid not null, title text);
alter table tasks enable row level security;
insert into tasks values (1, :A, 'of a'), (2, :B, 'of b');
create view my_tasks as select no, owner, title from tasks where owner = auth.uid() with check option;
revoke all on my_tasks from anon;
revoke update on my_tasks from authenticated;

-- set-up: view-whose-trigger-saves-by-upsert
-- open note_box: authenticated update
revoke all on notes from anon, authenticated;
create view note_box as select id, user_id, body from notes where user_id = auth.uid();
create function save() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into public.notes values (new.id, auth.uid(), new.body)
        on conflict (id) do update set user_id = excluded.user_id, body = excluded.body;
    return new;
end;
$$;
create trigger save instead of insert on note_box for each row execute function save();
revoke all on note_box from anon;

-- set-up: view-whose-trigger-saves-ones-own-by-upsert
-- protected
revoke all on notes from anon, authenticated;
create view note_box as select id, user_id, body from notes where user_id = auth.uid();
create function save() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into public.notes as n values (new.id, auth.uid(), new.body)
        on conflict (id) do update set body = excluded.body where n.user_id = auth.uid();
    return new;
end;
$$;
create trigger save instead of insert on note_box for each row execute function save();
revoke all on note_box from anon;

-- set-up: function-that-saves-by-upsert
-- open save_note(1, 'x'): authenticated update
create function save_note(note int, words text) returns void language sql security definer set search_path = '' as $$
    insert into public.notes values (note, auth.uid(), words) on conflict (id) do update set body = excluded.body
$$;
revoke execute on function save_note(int, text) from public, anon;

-- set-up: function-that-saves-ones-own-by-upsert
-- protected
create function save_note(note int, words text) returns void language sql security definer set search_path = '' as $$
    insert into public.notes as n values (note, auth.uid(), words)
        on conflict (id) do update set body = excluded.body where n.user_id = auth.uid()
$$;
revoke execute on function save_note(int, text) from public, anon;

-- set-up: branch-of-the-employee-who-may-edit-it
-- open orders: authenticated select
-- first authenticated: update employees set branch_id = 1 where user_id = :S
create table employees (user_id uuid primary key, branch_id int, phone text);
create table orders (id int primary key, branch_id int not null, buyer uuid not null, what text);
alter table employees enable row level security;
alter table orders enable row level security;
insert into employees values (:A, 1, '1'), (:B, 2, '2'), (:S, 3, '3');
insert into orders values (1, 1, :A, 'pen'), (2, 2, :B, 'ink');
create policy me on employees for select to authenticated using (user_id = auth.uid());
create policy edit on employees for update to authenticated using (user_id = auth.uid());
create function my_branch() returns int language sql stable security definer set search_path = '' as
    $$ select e.branch_id from public.employees e where e.user_id = auth.uid() $$;
create policy branch on orders for select to authenticated using (branch_id = my_branch());

-- set-up: branch-of-the-employee-who-may-edit-the-telephone
-- protected
-- first authenticated: update employees set branch_id = 1 where user_id = :S
create table employees (user_id uuid primary key, branch_id int, phone text);
create table orders (id int primary key, branch_id int not null, buyer uuid not null, what text);
alter table employees enable row level security;
alter table orders enable row level security;
insert into employees values (:A, 1, '1'), (:B, 2, '2'), (:S, 3, '3');
insert into orders values (1, 1, :A, 'pen'), (2, 2, :B, 'ink');
revoke update on employees from authenticated;
grant update (phone) on employees to authenticated;
create policy me on employees for select to authenticated using (user_id = auth.uid());
create policy edit on employees for update to authenticated using (user_id = auth.uid());
create function my_branch() returns int language sql stable security definer set search_path = '' as
    $$ select e.branch_id from public.employees e where e.user_id = auth.uid() $$;
create policy branch on orders for select to authenticated using (branch_id = my_branch());

-- set-up: level-of-the-agent-who-may-edit-it
-- open notes: authenticated select
-- first authenticated: update agents set clearance = 9 where person = :S
create table agents (person uuid primary key, clearance int not null default 1);
alter table agents enable row level security;
insert into agents values (:A), (:B), (:S);
create policy me on agents for select to authenticated using (person = auth.uid());
create policy edit on agents for update to authenticated using (person = auth.uid());
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create policy cleared on notes for select to authenticated using ((select a.clearance from agents a where a.person = auth.uid()) >= 5);

-- set-up: level-of-the-agent-that-a-trigger-keeps
-- protected
-- first authenticated: update agents set clearance = 9 where person = :S
create table agents (person uuid primary key, clearance int not null default 1);
alter table agents enable row level security;
insert into agents values (:A), (:B), (:S);
create function keep() returns trigger language plpgsql set search_path = '' as $$
begin
    new.clearance := old.clearance;
    return new;
end;
$$;
create trigger keep before update on agents for each row execute function keep();
create policy me on agents for select to authenticated using (person = auth.uid());
create policy edit on agents for update to authenticated using (person = auth.uid());
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create policy cleared on notes for select to authenticated using ((select a.clearance from agents a where a.person = auth.uid()) >= 5);

-- set-up: desk-by-the-team-of-the-operator-who-may-edit-it
-- open notes: authenticated select
-- first authenticated: update operators set desk_id = 1 where person = :S; insert into desk_passes values (1, :S)
create table operators (person uuid primary key, desk_id int);
create table desk_passes (desk_id int, person uuid, primary key (desk_id, person));
alter table operators enable row level security;
alter table desk_passes enable row level security;
insert into operators values (:A, 1), (:B, 2), (:S, 3);
insert into desk_passes values (1, :A), (2, :B);
alter table notes add desk_id int;
update notes set desk_id = id;
create policy me on operators for select to authenticated using (person = auth.uid());
create policy edit on operators for update to authenticated using (person = auth.uid());
create policy mine on desk_passes for select to authenticated using (person = auth.uid());
create policy take on desk_passes for insert to authenticated with check (
    person = auth.uid() and desk_id = (select o.desk_id from operators o where o.person = auth.uid()));
create policy passed on notes for select to authenticated using (desk_id in (select d.desk_id from desk_passes d where d.person = auth.uid()));

-- set-up: desk-by-the-team-of-the-operator-that-others-set
-- protected
-- first authenticated: update operators set desk_id = 1 where person = :S; insert into desk_passes values (1, :S)
create table operators (person uuid primary key, desk_id int);
create table desk_passes (desk_id int, person uuid, primary key (desk_id, person));
alter table operators enable row level security;
alter table desk_passes enable row level security;
insert into operators values (:A, 1), (:B, 2), (:S, 3);
insert into desk_passes values (1, :A), (2, :B);
alter table notes add desk_id int;
update notes set desk_id = id;
create policy me on operators for select to authenticated using (person = auth.uid());
create policy mine on desk_passes for select to authenticated using (person = auth.uid());
create policy take on desk_passes for insert to authenticated with check (
    person = auth.uid() and desk_id = (select o.desk_id from operators o where o.person = auth.uid()));
create policy passed on notes for select to authenticated using (desk_id in (select d.desk_id from desk_passes d where d.person = auth.uid()));

-- set-up: role-in-the-json-of-a-profile-that-its-owner-edits
-- open notes: authenticated select
-- first authenticated: update profiles set traits = '{"role": "admin"}' where id = :S
create table profiles (id uuid primary key, traits jsonb not null default '{}');
alter table profiles enable row level security;
insert into profiles values (:A), (:B), (:S);
create policy me on profiles for select to authenticated using (id = auth.uid());
create policy edit on profiles for update to authenticated using (id = auth.uid());
create policy r on notes for select to authenticated using (exists (select from profiles p where p.id = auth.uid() and p.traits ->> 'role' = 'admin'));

-- set-up: role-in-the-json-of-a-profile-that-others-edit
-- protected
-- first authenticated: update profiles set traits = '{"role": "admin"}' where id = :S
create table profiles (id uuid primary key, traits jsonb not null default '{}');
alter table profiles enable row level security;
insert into profiles values (:A), (:B), (:S);
create policy me on profiles for select to authenticated using (id = auth.uid());
create policy r on notes for select to authenticated using (exists (select from profiles p where p.id = auth.uid() and p.traits ->> 'role' = 'admin'));

-- set-up: application-approved-by-its-own-update
-- open notes: authenticated select
-- first authenticated: update applications set status = 'approved' where id = 7
create table club_members (club_id int, fan uuid, primary key (club_id, fan));
create table applications (id int primary key, club_id int not null, applicant uuid not null, status text not null default 'pending');
alter table club_members enable row level security;
alter table applications enable row level security;
insert into club_members values (1, :A), (2, :B);
insert into applications values (7, 1, :S, 'pending');
alter table notes add club_id int;
update notes set club_id = id;
create function admit() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    if new.status = 'approved' and old.status = 'pending' then
        insert into public.club_members values (new.club_id, new.applicant) on conflict do nothing;
    end if;
    return new;
end;
$$;
create trigger admit after update on applications for each row execute function admit();
create policy see on applications for select to authenticated using (applicant = auth.uid());
create policy ask on applications for insert to authenticated with check (applicant = auth.uid() and status = 'pending');
create policy edit on applications for update to authenticated using (applicant = auth.uid()) with check (applicant = auth.uid());
create policy mine on club_members for select to authenticated using (fan = auth.uid());
create policy club on notes for select to authenticated using (club_id in (select m.club_id from club_members m where m.fan = auth.uid()));

-- set-up: application-that-its-author-may-only-withdraw
-- protected
-- first authenticated: update applications set status = 'approved' where id = 7
create table club_members (club_id int, fan uuid, primary key (club_id, fan));
create table applications (id int primary key, club_id int not null, applicant uuid not null, status text not null default 'pending');
alter table club_members enable row level security;
alter table applications enable row level security;
insert into club_members values (1, :A), (2, :B);
insert into applications values (7, 1, :S, 'pending');
alter table notes add club_id int;
update notes set club_id = id;
create function admit() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    if new.status = 'approved' and old.status = 'pending' then
        insert into public.club_members values (new.club_id, new.applicant) on conflict do nothing;
    end if;
    return new;
end;
$$;
create trigger admit after update on applications for each row execute function admit();
create policy see on applications for select to authenticated using (applicant = auth.uid());
create policy ask on applications for insert to authenticated with check (applicant = auth.uid() and status = 'pending');
create policy edit on applications for update to authenticated using (applicant = auth.uid())
    with check (applicant = auth.uid() and status in ('pending', 'withdrawn'));
create policy mine on club_members for select to authenticated using (fan = auth.uid());
create policy club on notes for select to authenticated using (club_id in (select m.club_id from club_members m where m.fan = auth.uid()));

-- set-up: application-that-the-leader-approves
-- protected
-- first authenticated: insert into applications values (7, 1, :S, true); update applications set approved = true where id = 7
create table clubs (id int primary key, leader uuid not null);
create table club_members (club_id int, fan uuid, primary key (club_id, fan));
create table applications (id int primary key, club_id int not null, applicant uuid not null, approved boolean not null default false);
alter table clubs enable row level security;
alter table club_members enable row level security;
alter table applications enable row level security;
insert into clubs values (1, :A), (2, :B);
insert into club_members values (1, :A), (2, :B);
alter table notes add club_id int;
update notes set club_id = id;
create function admit() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    if new.approved then
        insert into public.club_members values (new.club_id, new.applicant) on conflict do nothing;
    end if;
    return new;
end;
$$;
create trigger admit after insert or update on applications for each row execute function admit();
create policy lead on clubs for select to authenticated using (leader = auth.uid());
create policy ask on applications for insert to authenticated with check (applicant = auth.uid() and not approved);
create policy decide on applications for all to authenticated using (club_id in (select c.id from clubs c where c.leader = auth.uid()));
create policy mine on club_members for select to authenticated using (fan = auth.uid());
create policy club on notes for select to authenticated using (club_id in (select m.club_id from club_members m where m.fan = auth.uid()));

-- set-up: membership-through-a-view-with-its-owners-rights
-- open notes: authenticated select
-- first authenticated: insert into my_clubs values (1, :S)
create table club_members (club_id int, fan uuid, primary key (club_id, fan));
alter table club_members enable row level security;
insert into club_members values (1, :A), (2, :B);
create view my_clubs as select club_id, fan from club_members where fan = auth.uid() with check option;
revoke all on my_clubs from anon;
revoke update, delete on my_clubs from authenticated;
alter table notes add club_id int;
update notes set club_id = id;
create policy mine on club_members for select to authenticated using (fan = auth.uid());
create policy club on notes for select to authenticated using (club_id in (select m.club_id from club_members m where m.fan = auth.uid()));

-- set-up: membership-through-a-view-with-the-callers-rights
-- protected
-- first authenticated: insert into my_clubs values (1, :S)
create table club_members (club_id int, fan uuid, primary key (club_id, fan));
alter table club_members enable row level security;
insert into club_members values (1, :A), (2, :B);
create view my_clubs with (security_invoker = on) as select club_id, fan from club_members where fan = auth.uid() with check option;
revoke all on my_clubs from anon;
alter table notes add club_id int;
update notes set club_id = id;
create policy mine on club_members for select to authenticated using (fan = auth.uid());
create policy club on notes for select to authenticated using (club_id in (select m.club_id from club_members m where m.fan = auth.uid()));

-- set-up: membership-by-the-rule-of-a-table-of-wishes
-- open notes: authenticated select
-- first authenticated: insert into wishes values (1, 1, :S)
create table club_members (club_id int, fan uuid);
create table wishes (id int primary key, club_id int not null, who uuid not null);
alter table club_members enable row level security;
alter table wishes enable row level security;
insert into club_members values (1, :A), (2, :B);
create rule admit as on insert to wishes do also insert into club_members values (new.club_id, new.who);
create policy ask on wishes for insert to authenticated with check (who = auth.uid());
alter table notes add club_id int;
update notes set club_id = id;
create policy mine on club_members for select to authenticated using (fan = auth.uid());
create policy club on notes for select to authenticated using (club_id in (select m.club_id from club_members m where m.fan = auth.uid()));

-- set-up: enum-upside-down-behind-a-helper
-- open notes: authenticated select
create type rank as enum ('owner', 'editor', 'viewer');
create table roles_of (person uuid primary key, rank rank not null);
alter table roles_of enable row level security;
insert into roles_of values (:A, 'owner'), (:B, 'editor'), (:S, 'viewer');
create function my_rank() returns rank language sql stable security definer set search_path = '' as
    $$ select r.rank from public.roles_of r where r.person = auth.uid() $$;
create policy mine on notes for select to authenticated using (user_id = auth.uid());
create policy editors on notes for select to authenticated using (my_rank() >= 'editor');

-- set-up: roles-compared-by-their-letters
-- open notes: authenticated select
create table seats (person uuid primary key, role text not null default 'user' check (role in ('admin', 'manager', 'user')));
alter table seats enable row level security;
insert into seats values (:A, 'admin'), (:B, 'manager'), (:S, 'user');
create policy me on seats for select to authenticated using (person = auth.uid());
create policy managers on notes for select to authenticated using (exists (select from seats s where s.person = auth.uid() and s.role >= 'manager'));

-- set-up: enum-below-the-owner
-- open notes: authenticated select
create type rank as enum ('guest', 'manager', 'owner');
create table seats (person uuid primary key, rank rank not null default 'guest');
alter table seats enable row level security;
insert into seats values (:A, 'owner'), (:B, 'manager'), (:S, 'guest');
create policy me on seats for select to authenticated using (person = auth.uid());
create policy managers on notes for select to authenticated using (exists (select from seats s where s.person = auth.uid() and s.rank < 'owner'));

-- set-up: enum-in-the-right-order
-- protected
create type rank as enum ('guest', 'staff', 'manager', 'owner');
create table seats (person uuid primary key, rank rank not null default 'guest');
alter table seats enable row level security;
insert into seats values (:A, 'owner'), (:B, 'manager'), (:S, 'guest');
create policy me on seats for select to authenticated using (person = auth.uid());
create policy managers on notes for select to authenticated using ((select s.rank from seats s where s.person = auth.uid()) >= 'manager');

-- set-up: enum-upside-down-and-compared-so
-- protected
create type rank as enum ('owner', 'manager', 'staff', 'guest');
create table seats (person uuid primary key, rank rank not null default 'guest');
alter table seats enable row level security;
insert into seats values (:A, 'owner'), (:B, 'manager'), (:S, 'guest');
create policy me on seats for select to authenticated using (person = auth.uid());
create policy managers on notes for select to authenticated using ((select s.rank from seats s where s.person = auth.uid()) <= 'manager');

-- set-up: enum-between-two-labels
-- protected
create type rank as enum ('guest', 'staff', 'manager', 'owner');
create table seats (person uuid primary key, rank rank not null);
alter table seats enable row level security;
insert into seats values (:A, 'owner'), (:B, 'manager'), (:S, 'staff');
create policy me on seats for select to authenticated using (person = auth.uid());
create policy managers on notes for select to authenticated
    using (exists (select from seats s where s.person = auth.uid() and s.rank between 'manager' and 'owner'));

-- set-up: some-people-of-the-finance-department
-- protected
create table finance_people (person uuid primary key);
create table invoices (id int primary key, customer uuid not null, total int);
alter table finance_people enable row level security;
alter table invoices enable row level security;
insert into finance_people values (:A);
insert into invoices values (1, :A, 5), (2, :B, 4);
create policy me on finance_people for select to authenticated using (person = auth.uid());
create policy finance on invoices for select to authenticated using (1 <= (select count(*) from finance_people f where f.person = auth.uid()));

-- set-up: payroll-clerks-see-the-wages
-- protected
create table payroll_clerks (person uuid primary key);
create table wages (id int primary key, employee_id uuid not null, wage int);
alter table payroll_clerks enable row level security;
alter table wages enable row level security;
insert into payroll_clerks values (:A);
insert into wages values (1, :A, 5), (2, :B, 4);
create policy me on payroll_clerks for select to authenticated using (person = auth.uid());
create policy clerks on wages for select to authenticated using (exists (select from payroll_clerks c where c.person = auth.uid()));

-- set-up: some-people-of-a-club-see-every-note
-- open notes: authenticated select
create table club_people (person uuid primary key);
alter table club_people enable row level security;
insert into club_people values (:A), (:S);
create policy me on club_people for select to authenticated using (person = auth.uid());
create policy club on notes for select to authenticated using ((select count(*) from club_people c where c.person = auth.uid()) > 0);

-- set-up: policy-for-all-without-an-expression
-- protected
create policy everything on notes for all to authenticated;

-- set-up: policy-for-updates-without-using
-- protected
create policy see on notes for select to authenticated using (user_id = auth.uid());
create policy edit on notes for update to authenticated with check (true);
create policy cut on notes for delete to authenticated;

-- set-up: policy-for-all-with-nothing-but-a-check
-- open notes: authenticated insert
create policy everything on notes for all to authenticated with check (true);

-- set-up: restrictive-policy-without-an-expression
-- open notes: authenticated select
create policy everybody on notes for select to authenticated using (true);
create policy nobody on notes as restrictive for select to authenticated;

-- set-up: rule-of-a-table-view-that-stamps-the-caller
-- protected
create table letters (id serial primary key, writer uuid not null, body text);
alter table letters enable row level security;
insert into letters (writer, body) values (:A, 'a'), (:B, 'b');
create view letter_box as select id, writer, body from letters where writer = auth.uid();
create rule post as on insert to letter_box do instead insert into letters (writer, body) values (auth.uid(), new.body);
create rule edit as on update to letter_box do instead update letters set body = new.body where id = old.id and writer = auth.uid();
create rule cut as on delete to letter_box do instead nothing;

-- set-up: rule-that-takes-the-writer-from-the-row
-- open letter_box: anon insert
-- open letter_box: authenticated insert
create table letters (id serial primary key, writer uuid not null, body text);
alter table letters enable row level security;
insert into letters (writer, body) values (:A, 'a'), (:B, 'b');
create view letter_box as select id, writer, body from letters where writer = auth.uid();
create rule post as on insert to letter_box do instead insert into letters (writer, body) values (coalesce(new.writer, auth.uid()), new.body);
create rule edit as on update to letter_box do instead nothing;
create rule cut as on delete to letter_box do instead nothing;

-- set-up: trigger-of-a-view-that-stamps-whoever-asks
-- protected
revoke all on notes from anon, authenticated;
create view note_box as select id, user_id, body from notes where user_id = auth.uid() group by id, user_id, body;
create function post() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into public.notes values (new.id, auth.uid(), new.body);
    return new;
end;
$$;
create trigger post instead of insert on note_box for each row execute function post();

-- set-up: helper-that-asks-for-the-role-of-a-server
-- protected
create function from_server() returns boolean language plpgsql stable as $$
begin
    return current_role::text = any (array['service_role', 'postgres']) or session_user = 'batch';
end;
$$;
create policy servers on notes for all using (from_server()) with check (from_server());

-- set-up: helper-that-asks-for-the-role-of-everybody
-- open notes: authenticated select insert update delete
create function signed_in() returns boolean language sql stable as $$ select current_user <> 'anon' $$;
create policy people on notes for all using (signed_in()) with check (signed_in());

-- set-up: readers-in-json-who-are-not-blocked
-- protected
create table albums (id int primary key, made_by uuid not null, readers jsonb not null default '[]', blocked jsonb not null default '[]');
alter table albums enable row level security;
insert into albums values (1, :A, jsonb_build_array(:A), '[]'), (2, :B, jsonb_build_array(:B), '[]');
create policy r on albums for select to authenticated
    using ((readers ? auth.uid()::text) and (blocked ? auth.uid()::text) is not true);

-- set-up: everybody-who-is-not-blocked
-- open albums: authenticated select
create table albums (id int primary key, made_by uuid not null, member_ids uuid[] not null default '{}', blocked_ids uuid[] not null default '{}');
alter table albums enable row level security;
insert into albums values (1, :A, array[:A]::uuid[], '{}'), (2, :B, array[:B]::uuid[], '{}');
create policy r on albums for select to authenticated
    using (auth.uid() <> all (blocked_ids) and (member_ids @> array[made_by] or auth.uid() = any (member_ids)));

-- set-up: two-policies-that-read-each-other
-- protected
create table boats (id int primary key, skipper uuid not null);
create table crew (boat_id int, sailor uuid, primary key (boat_id, sailor));
alter table boats enable row level security;
alter table crew enable row level security;
insert into boats values (1, :A), (2, :B);
insert into crew values (1, :A), (2, :B);
create policy aboard on boats for select to authenticated using (skipper = auth.uid() or id in (select c.boat_id from crew c where c.sailor = auth.uid()));
create policy mates on crew for select to authenticated using (sailor = auth.uid() or boat_id in (select b.id from boats b where b.skipper = auth.uid()));

-- set-up: policy-that-recurses-beside-an-open-insert
-- open crew: authenticated insert
create table crew (boat_id int, sailor uuid, primary key (boat_id, sailor));
alter table crew enable row level security;
insert into crew values (1, :A), (2, :B);
create policy mates on crew for select to authenticated using (boat_id in (select c.boat_id from crew c where c.sailor = auth.uid()));
create policy enlist on crew for insert to authenticated with check (true);

-- set-up: tier-in-the-metadata-that-the-server-keeps
-- protected
-- forge written {"tier": "gold"}
create function is_gold() returns boolean language plpgsql stable security definer set search_path = '' as $$
begin
    return exists (select from auth.users u where u.id = auth.uid() and u.raw_app_meta_data @> '{"tier": "gold"}');
end;
$$;
create policy gold on notes for select to authenticated using (user_id = auth.uid() and (select is_gold()));

-- set-up: moderator-in-either-metadata
-- open notes: authenticated select
-- forge written {"role": "moderator"}
create function moderates() returns boolean language sql stable security definer set search_path = '' as $$
    select coalesce((select (coalesce(u.raw_app_meta_data, '{}') || u.raw_user_meta_data) ->> 'role' = 'moderator' from auth.users u where u.id = auth.uid()), false)
$$;
create policy mods on notes for select to authenticated using (moderates());

-- set-up: upsert-through-a-view-by-a-key-that-is-no-number
-- open my_papers: authenticated update
create table papers (doc uuid primary key, keeper uuid not null, title varchar(40), pages int not null default 1);
alter table papers enable row level security;
insert into papers values ('10000000-0000-4000-8000-000000000001', :A, 'of a'), ('10000000-0000-4000-8000-000000000002', :B, 'of b');
create view my_papers as select doc, keeper, title from papers where keeper = auth.uid() with cascaded check option;
revoke all on my_papers from anon;

-- set-up: upsert-through-a-view-that-a-trigger-refuses
-- protected
create table papers (no int primary key, keeper uuid not null, title text);
alter table papers enable row level security;
insert into papers values (1, :A, 'of a'), (2, :B, 'of b');
create function keep() returns trigger language plpgsql set search_path = '' as $$
begin
    if old.keeper is distinct from auth.uid() then
        raise exception 'not yours';
    end if;
    return new;
end;
$$;
create trigger keep before update or delete on papers for each row execute function keep();
create view my_papers as select no, keeper, title from papers where keeper = auth.uid() with cascaded check option;
revoke all on my_papers from anon;

-- set-up: tenant-in-an-attribute-that-anybody-may-add
-- open notes: authenticated select
-- first authenticated: insert into attributes values (:S, 'org', 'acme')
create table attributes (user_id uuid, name text, content text, primary key (user_id, name));
alter table attributes enable row level security;
insert into attributes values (:A, 'org', 'acme'), (:B, 'org', 'globex');
create policy mine on attributes for select to authenticated using (user_id = auth.uid());
create policy put on attributes for insert to authenticated with check (user_id = auth.uid());
alter table notes add org text not null default 'acme';
update notes set org = 'globex' where id = 2;
create policy r on notes for select to authenticated using (org = (select a.content from attributes a where a.user_id = auth.uid() and a.name = 'org'));

-- set-up: tenant-in-an-attribute-that-anybody-may-add-under-another-name
-- protected
-- first authenticated: insert into attributes values (:S, 'org', 'acme')
create table attributes (user_id uuid, name text, content text, primary key (user_id, name));
alter table attributes enable row level security;
insert into attributes values (:A, 'org', 'acme'), (:B, 'org', 'globex');
create policy mine on attributes for select to authenticated using (user_id = auth.uid());
create policy put on attributes for insert to authenticated with check (user_id = auth.uid() and name in ('colour', 'language'));
alter table notes add org text not null default 'acme';
update notes set org = 'globex' where id = 2;
create policy r on notes for select to authenticated using (org = (select a.content from attributes a where a.user_id = auth.uid() and a.name = 'org'));

-- set-up: request-that-a-policy-reads
-- open notes: authenticated select
-- first authenticated: insert into requests values (7, 1, :S, 'granted')
create table requests (id int primary key, room_id int not null, asked_by uuid not null, state text not null default 'open');
alter table requests enable row level security;
insert into requests values (1, 1, :A, 'granted'), (2, 2, :B, 'granted');
create policy mine on requests for select to authenticated using (asked_by = auth.uid());
create policy ask on requests for insert to authenticated with check (asked_by = auth.uid());
alter table notes add room_id int;
update notes set room_id = id;
create policy room on notes for select to authenticated using (room_id in (select r.room_id from requests r where r.asked_by = auth.uid() and r.state = 'granted'));

-- set-up: request-that-a-policy-reads-and-that-begins-open
-- protected
-- first authenticated: insert into requests values (7, 1, :S, 'granted')
create table requests (id int primary key, room_id int not null, asked_by uuid not null, state text not null default 'open');
alter table requests enable row level security;
insert into requests values (1, 1, :A, 'granted'), (2, 2, :B, 'granted');
create policy mine on requests for select to authenticated using (asked_by = auth.uid());
create policy ask on requests for insert to authenticated with check (asked_by = auth.uid() and state = 'open');
alter table notes add room_id int;
update notes set room_id = id;
create policy room on notes for select to authenticated using (room_id in (select r.room_id from requests r where r.asked_by = auth.uid() and r.state = 'granted'));

-- set-up: role-that-a-trigger-copies-from-the-profile
-- open notes: authenticated select
-- first authenticated: update profiles set wanted_role = 'admin' where id = :S
create table profiles (id uuid primary key, wanted_role text not null default 'member');
create table user_roles (user_id uuid primary key, role text not null);
alter table profiles enable row level security;
alter table user_roles enable row level security;
insert into profiles values (:A, 'admin'), (:B, 'member'), (:S, 'member');
insert into user_roles values (:A, 'admin'), (:B, 'member'), (:S, 'member');
create function copy_role() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    insert into public.user_roles values (new.id, new.wanted_role) on conflict (user_id) do update set role = excluded.role;
    return new;
end;
$$;
create trigger copy_role after update on profiles for each row execute function copy_role();
create policy mine on user_roles for select to authenticated using (user_id = auth.uid());
create policy me on profiles for select to authenticated using (id = auth.uid());
create policy edit on profiles for update to authenticated using (id = auth.uid());
create policy r on notes for select to authenticated using (exists (select from user_roles u where u.user_id = auth.uid() and u.role = 'admin'));

-- set-up: role-that-a-trigger-copies-unless-it-is-a-high-one
-- protected
-- first authenticated: update profiles set wanted_role = 'admin' where id = :S
create table profiles (id uuid primary key, wanted_role text not null default 'member');
create table user_roles (user_id uuid primary key, role text not null);
alter table profiles enable row level security;
alter table user_roles enable row level security;
insert into profiles values (:A, 'admin'), (:B, 'member'), (:S, 'member');
insert into user_roles values (:A, 'admin'), (:B, 'member'), (:S, 'member');
create function copy_role() returns trigger language plpgsql security definer set search_path = '' as $$
begin
    if new.wanted_role not in ('member', 'guest') then
        raise exception 'ask an administrator';
    end if;
    insert into public.user_roles values (new.id, new.wanted_role) on conflict (user_id) do update set role = excluded.role;
    return new;
end;
$$;
create trigger copy_role after update on profiles for each row execute function copy_role();
create policy mine on user_roles for select to authenticated using (user_id = auth.uid());
create policy me on profiles for select to authenticated using (id = auth.uid());
create policy edit on profiles for update to authenticated using (id = auth.uid());
create policy r on notes for select to authenticated using (exists (select from user_roles u where u.user_id = auth.uid() and u.role = 'admin'));

-- set-up: highest-rank-of-an-enum-that-begins-with-the-highest
-- open notes: authenticated select
create type rank as enum ('admin', 'editor', 'reader');
create table grades (person uuid, rank rank not null);
alter table grades enable row level security;
insert into grades values (:A, 'admin'), (:B, 'editor'), (:S, 'reader');
create policy me on grades for select to authenticated using (person = auth.uid());
create policy editors on notes for select to authenticated using ((select max(g.rank) from grades g where g.person = auth.uid()) > 'admin');

-- set-up: level-in-numbers-that-begins-with-nought
-- protected
create table grades (person uuid primary key, clearance int not null default 0 check (clearance between 0 and 3));
alter table grades enable row level security;
insert into grades values (:A, 3), (:B, 2), (:S, 0);
create policy me on grades for select to authenticated using (person = auth.uid());
create policy cleared on notes for select to authenticated using ((select g.clearance from grades g where g.person = auth.uid()) >= 2);

-- set-up: restrictive-policy-beside-one-without-an-expression
-- protected
create policy everybody on notes for all to authenticated;
create policy mine on notes as restrictive for all to authenticated using (user_id = auth.uid());

-- set-up: readers-editors-and-the-banned
-- protected
create table albums (id int primary key, made_by uuid not null, readers uuid[] not null default '{}', editors uuid[] not null default '{}', banned uuid[] not null default '{}');
alter table albums enable row level security;
insert into albums values (1, :A, array[:A]::uuid[], array[:A]::uuid[], '{}'), (2, :B, array[:B]::uuid[], array[:B]::uuid[], '{}');
create policy r on albums for select to authenticated using (auth.uid() = any (readers) and auth.uid() = any (editors) and not auth.uid() = any (banned));

-- set-up: policy-that-recurses-through-a-view
-- protected
create table crew (boat_id int, sailor uuid, primary key (boat_id, sailor));
alter table crew enable row level security;
insert into crew values (1, :A), (2, :B);
create view mates with (security_invoker = on) as select boat_id, sailor from crew;
create policy aboard on crew for all to authenticated using (boat_id in (select m.boat_id from mates m where m.sailor = auth.uid()));
