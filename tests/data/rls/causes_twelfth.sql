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

-- set-up: twelfth-entry-in-another-logbook
-- open entries: authenticated insert
-- beneath entries: insert into entries values (9, 2, :S, 'ahoy')
create table logbooks (id int primary key, skipper uuid not null, ship text);
create table entries (id int primary key, logbook int not null references logbooks, noted_by uuid not null default auth.uid(), words text);
insert into logbooks values (1, :A, 'Ada'), (2, :B, 'Bea');
insert into entries values (1, 1, :A, 'calm'), (2, 2, :B, 'storm');
alter table logbooks enable row level security;
alter table entries enable row level security;
create policy own_logbooks on logbooks for all to authenticated using (skipper = auth.uid()) with check (skipper = auth.uid());
create policy read_entries on entries for select to authenticated
  using (noted_by = auth.uid() or exists (select from logbooks l where l.id = logbook and l.skipper = auth.uid()));
create policy note on entries for insert to authenticated with check (noted_by = auth.uid());

-- set-up: twelfth-entry-in-ones-own-logbook
-- protected
-- beneath entries: insert into entries values (9, 2, :S, 'ahoy')
create table logbooks (id int primary key, skipper uuid not null, ship text);
create table entries (id int primary key, logbook int not null references logbooks, noted_by uuid not null default auth.uid(), words text);
insert into logbooks values (1, :A, 'Ada'), (2, :B, 'Bea');
insert into entries values (1, 1, :A, 'calm'), (2, 2, :B, 'storm');
alter table logbooks enable row level security;
alter table entries enable row level security;
create policy own_logbooks on logbooks for all to authenticated using (skipper = auth.uid()) with check (skipper = auth.uid());
create policy read_entries on entries for select to authenticated
  using (noted_by = auth.uid() or exists (select from logbooks l where l.id = logbook and l.skipper = auth.uid()));
create policy note on entries for insert to authenticated
  with check (noted_by = auth.uid() and exists (select from logbooks l where l.id = logbook));

-- set-up: twelfth-expense-in-another-firm-without-a-foreign-key
-- open expenses: authenticated insert
-- beneath expenses: insert into expenses values ('e9', 'globex', :S, 900)
create table payroll_members (firm text not null, person uuid not null, primary key (firm, person));
create table expenses (id text primary key, firm text not null, filed_by uuid not null, cents int);
insert into payroll_members values ('acme', :A), ('globex', :B);
insert into expenses values ('e1', 'acme', :A, 100), ('e2', 'globex', :B, 200);
alter table payroll_members enable row level security;
alter table expenses enable row level security;
create policy own_firms on payroll_members for select to authenticated using (person = auth.uid());
create policy colleagues_read on expenses for select to authenticated
  using (firm in (select p.firm from payroll_members p where p.person = auth.uid()));
create policy file on expenses for insert to authenticated with check (filed_by = auth.uid());

-- set-up: twelfth-expense-in-ones-own-firm
-- protected
-- beneath expenses: insert into expenses values ('e9', 'globex', :S, 900)
create table payroll_members (firm text not null, person uuid not null, primary key (firm, person));
create table expenses (id text primary key, firm text not null, filed_by uuid not null, cents int);
insert into payroll_members values ('acme', :A), ('globex', :B);
insert into expenses values ('e1', 'acme', :A, 100), ('e2', 'globex', :B, 200);
alter table payroll_members enable row level security;
alter table expenses enable row level security;
create policy own_firms on payroll_members for select to authenticated using (person = auth.uid());
create policy colleagues_read on expenses for select to authenticated
  using (firm in (select p.firm from payroll_members p where p.person = auth.uid()));
create policy file on expenses for insert to authenticated
  with check (filed_by = auth.uid() and firm in (select p.firm from payroll_members p where p.person = auth.uid()));

-- set-up: twelfth-plant-moved-into-another-garden
-- open plants: authenticated update
-- beneath plants: insert into gardens values (9, :S); insert into plants values (9, 9, :S, 'nettle'); update plants set garden_id = 2 where id = 9
create table gardens (id int primary key, keeper uuid not null);
create table plants (id int primary key, garden_id int not null references gardens, planted_by uuid not null, label text);
insert into gardens values (1, :A), (2, :B);
insert into plants values (1, 1, :A, 'rose'), (2, 2, :B, 'lily');
alter table gardens enable row level security;
alter table plants enable row level security;
create policy own_gardens on gardens for all to authenticated using (keeper = auth.uid()) with check (keeper = auth.uid());
create policy see on plants for select to authenticated using (planted_by = auth.uid() or garden_id in (select id from gardens));
create policy plant on plants for insert to authenticated with check (planted_by = auth.uid() and garden_id in (select id from gardens));
create policy tend on plants for update to authenticated using (planted_by = auth.uid()) with check (planted_by = auth.uid());

-- set-up: twelfth-plant-that-stays-in-its-garden
-- protected
-- beneath plants: insert into gardens values (9, :S); insert into plants values (9, 9, :S, 'nettle'); update plants set garden_id = 2 where id = 9
create table gardens (id int primary key, keeper uuid not null);
create table plants (id int primary key, garden_id int not null references gardens, planted_by uuid not null, label text);
insert into gardens values (1, :A), (2, :B);
insert into plants values (1, 1, :A, 'rose'), (2, 2, :B, 'lily');
alter table gardens enable row level security;
alter table plants enable row level security;
revoke update on plants from anon, authenticated;
grant update (label) on plants to authenticated;
create policy own_gardens on gardens for all to authenticated using (keeper = auth.uid()) with check (keeper = auth.uid());
create policy see on plants for select to authenticated using (planted_by = auth.uid() or garden_id in (select id from gardens));
create policy plant on plants for insert to authenticated with check (planted_by = auth.uid() and garden_id in (select id from gardens));
create policy tend on plants for update to authenticated using (planted_by = auth.uid()) with check (planted_by = auth.uid());

-- set-up: twelfth-minutes-by-the-member-of-any-choir
-- open minutes: authenticated insert
-- beneath minutes: insert into singers values (3, :S); insert into minutes values (9, 2, :S, 'we sang')
create table choirs (id int primary key, town text);
create table singers (choir_id int not null references choirs, user_id uuid not null, primary key (choir_id, user_id));
create table minutes (id int primary key, choir_id int not null references choirs, written_by uuid not null, words text);
insert into choirs values (1, 'Graz'), (2, 'Linz'), (3, 'Wels');
insert into singers values (1, :A), (2, :B);
insert into minutes values (1, 1, :A, 'spring'), (2, 2, :B, 'autumn');
create function sings(choir int) returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from public.singers s where s.choir_id = choir and s.user_id = auth.uid()) $$;
create function sings_anywhere() returns boolean language sql stable security definer set search_path = '' as
  $$ select exists (select 1 from public.singers s where s.user_id = auth.uid()) $$;
alter table choirs enable row level security;
alter table singers enable row level security;
alter table minutes enable row level security;
create policy own_choirs on choirs for select to authenticated using (sings(id));
create policy own_seats on singers for select to authenticated using (user_id = auth.uid());
create policy sit_in on singers for insert to authenticated with check (user_id = auth.uid() and choir_id = 3);
create policy read_minutes on minutes for select to authenticated using (sings(choir_id) and choir_id <> 3);
create policy write_minutes on minutes for insert to authenticated with check (written_by = auth.uid() and sings_anywhere());

-- set-up: twelfth-message-to-the-owner-of-a-published-flat
-- published flats: authenticated
create table flats (id int primary key, landlord uuid not null, published boolean not null default false);
create table questions (id int primary key, flat_id int not null references flats, asked_by uuid not null default auth.uid(), words text);
insert into flats values (1, :A, true), (2, :B, true);
insert into questions values (1, 1, :B, 'how big?'), (2, 2, :A, 'how much?');
alter table flats enable row level security;
alter table questions enable row level security;
create policy see_flats on flats for select to authenticated using (published or landlord = auth.uid());
create policy own_questions on questions for select to authenticated
  using (asked_by = auth.uid() or exists (select from flats f where f.id = flat_id and f.landlord = auth.uid()));
create policy ask on questions for insert to authenticated with check (asked_by = auth.uid());

-- set-up: twelfth-request-to-join-a-hidden-club
-- protected
create table clubs (id int primary key, chair uuid not null, name text);
create table join_requests (id int primary key, club_id int not null references clubs, user_id uuid not null default auth.uid(), words text);
insert into clubs values (1, :A, 'chess'), (2, :B, 'go');
insert into join_requests values (1, 1, :B, 'please'), (2, 2, :A, 'please');
alter table clubs enable row level security;
alter table join_requests enable row level security;
create policy own_clubs on clubs for select to authenticated using (chair = auth.uid());
create policy own_requests on join_requests for select to authenticated
  using (user_id = auth.uid() or exists (select from clubs c where c.id = club_id and c.chair = auth.uid()));
create policy ask on join_requests for insert to authenticated with check (user_id = auth.uid());

-- set-up: twelfth-complaint-that-only-moderators-read
-- protected
-- beneath flags: insert into flags values (9, 2, :S, 'spam')
create table letters (id int primary key, owner_id uuid not null, words text);
create table moderators (user_id uuid primary key);
create table flags (id int primary key, letter_id int not null references letters, flagged_by uuid not null default auth.uid(), why text);
insert into letters values (1, :A, 'dear'), (2, :B, 'sir');
insert into moderators values (:A);
insert into flags values (1, 1, :B, 'rude'), (2, 2, :A, 'rude');
alter table letters enable row level security;
alter table moderators enable row level security;
alter table flags enable row level security;
create policy own_letters on letters for select to authenticated using (owner_id = auth.uid());
create policy oneself on moderators for select to authenticated using (user_id = auth.uid());
create policy moderate on flags for select to authenticated
  using (flagged_by = auth.uid() or exists (select from moderators m where m.user_id = auth.uid()));
create policy flag on flags for insert to authenticated with check (flagged_by = auth.uid());

-- set-up: twelfth-payment-to-another-purse
-- protected
create table purses (id int primary key, owner_id uuid not null, cents int);
create table payments (id int primary key, from_purse int not null references purses, to_purse int not null references purses, cents int check (cents > 0));
insert into purses values (1, :A, 10), (2, :B, 20);
insert into payments values (1, 1, 2, 5), (2, 2, 1, 6);
alter table purses enable row level security;
alter table payments enable row level security;
create policy own_purses on purses for select to authenticated using (owner_id = auth.uid());
create policy own_payments on payments for select to authenticated
  using (from_purse in (select id from purses) or to_purse in (select id from purses));
create policy pay on payments for insert to authenticated with check (from_purse in (select id from purses));

-- set-up: twelfth-trigger-that-says-beneath-which-case
-- protected
-- beneath case_notes: insert into case_notes values (9, 2, :S, 'mine')
create table cases (id int primary key, lawyer uuid not null unique);
create table case_notes (id int primary key, case_id int not null references cases, author uuid not null, words text);
insert into cases values (1, :A), (2, :B);
insert into case_notes values (1, 1, :A, 'guilty'), (2, 2, :B, 'not guilty');
create function into_own_case() returns trigger language plpgsql security definer set search_path = '' as $$ begin
  select c.id into new.case_id from public.cases c where c.lawyer = auth.uid();
  return new; end $$;
create trigger into_own_case before insert on case_notes for each row execute function into_own_case();
alter table cases enable row level security;
alter table case_notes enable row level security;
create policy own_cases on cases for select to authenticated using (lawyer = auth.uid());
create policy own_notes on case_notes for select to authenticated using (case_id in (select id from cases));
create policy write_note on case_notes for insert to authenticated with check (author = auth.uid());

-- set-up: twelfth-seat-that-the-host-confirms
-- protected
create table suppers (id int primary key, host_id uuid not null, dish text);
create table seats (id int primary key, supper_id int not null references suppers, guest_id uuid not null, wish text, state text not null default 'pending' check (state in ('pending', 'confirmed', 'declined')));
insert into suppers values (1, :A, 'soup'), (2, :B, 'stew');
insert into seats values (1, 1, :B, 'no fish', 'pending'), (2, 2, :A, 'no milk', 'pending');
alter table suppers enable row level security;
alter table seats enable row level security;
create policy own_suppers on suppers for select to authenticated using (host_id = auth.uid());
create policy own_seats on seats for select to authenticated
  using (guest_id = auth.uid() or exists (select from suppers s where s.id = supper_id and s.host_id = auth.uid()));
create policy ask on seats for insert to authenticated with check (guest_id = auth.uid() and state = 'pending');

-- set-up: twelfth-chore-on-another-list
-- open chores: authenticated insert
-- beneath chores: insert into chores (id, list_id, added_by, words) values (9, 2, :S, 'pay me')
create table lists (id int primary key, holder uuid not null);
create table chores (id int primary key, list_id int not null references lists, added_by uuid not null, words text, state text not null default 'pending' check (state in ('pending', 'done')));
insert into lists values (1, :A), (2, :B);
insert into chores values (1, 1, :A, 'wash', 'pending'), (2, 2, :B, 'cook', 'done');
alter table lists enable row level security;
alter table chores enable row level security;
create policy own_lists on lists for all to authenticated using (holder = auth.uid()) with check (holder = auth.uid());
create policy own_chores on chores for select to authenticated using (list_id in (select id from lists));
create policy add on chores for insert to authenticated with check (added_by = auth.uid());

-- set-up: twelfth-attachment-of-a-reply-to-another-ticket
-- open attachments: authenticated insert
-- beneath attachments: insert into attachments values (9, 2, :S, 'virus.exe')
create table tickets (id int primary key, opened_by uuid not null);
create table replies (id int primary key, ticket_id int not null references tickets, author uuid not null, words text);
create table attachments (id int primary key, reply_id int not null references replies, author uuid not null, file_name text);
insert into tickets values (1, :A), (2, :B);
insert into replies values (1, 1, :A, 'hm'), (2, 2, :B, 'oh');
insert into attachments values (1, 1, :A, 'a.png'), (2, 2, :B, 'b.png');
alter table tickets enable row level security;
alter table replies enable row level security;
alter table attachments enable row level security;
create policy own_tickets on tickets for select to authenticated using (opened_by = auth.uid());
create policy own_replies on replies for select to authenticated using (ticket_id in (select id from tickets));
create policy add_reply on replies for insert to authenticated with check (author = auth.uid() and ticket_id in (select id from tickets));
create policy own_attachments on attachments for select to authenticated using (reply_id in (select id from replies));
create policy attach on attachments for insert to authenticated with check (author = auth.uid());

-- set-up: twelfth-like-of-a-hidden-photo
-- protected
create table photos (id int primary key, owner_id uuid not null, title text);
create table likes (photo_id int not null references photos, user_id uuid not null, at timestamptz default now(), primary key (photo_id, user_id));
insert into photos values (1, :A, 'sea'), (2, :B, 'hill');
insert into likes values (1, :A), (2, :B);
alter table photos enable row level security;
alter table likes enable row level security;
create policy own_photos on photos for select to authenticated using (owner_id = auth.uid());
create policy see_likes on likes for select to authenticated using (photo_id in (select id from photos));
create policy like_it on likes for insert to authenticated with check (user_id = auth.uid());

-- set-up: twelfth-remark-that-a-restrictive-policy-keeps-in
-- protected
-- beneath remarks: insert into remarks values (9, 2, :S, 'hm')
create table plans (id int primary key, planner uuid not null);
create table remarks (id int primary key, plan_id int not null references plans, author uuid not null, words text);
insert into plans values (1, :A), (2, :B);
insert into remarks values (1, 1, :A, 'good'), (2, 2, :B, 'bad');
alter table plans enable row level security;
alter table remarks enable row level security;
create policy own_plans on plans for all to authenticated using (planner = auth.uid()) with check (planner = auth.uid());
create policy see on remarks for select to authenticated using (author = auth.uid() or plan_id in (select id from plans));
create policy remark on remarks for insert to authenticated with check (author = auth.uid());
create policy within on remarks as restrictive for insert to authenticated with check (exists (select from plans p where p.id = plan_id));

-- set-up: twelfth-payment-between-two-other-purses
-- open payments: authenticated insert
-- beneath payments: insert into payments values (9, 2, 1, 5, :S)
create table purses (id int primary key, owner_id uuid not null, cents int);
create table payments (id int primary key, from_purse int not null references purses, to_purse int not null references purses, cents int check (cents > 0), ordered_by uuid not null);
insert into purses values (1, :A, 10), (2, :B, 20);
insert into payments values (1, 1, 2, 5, :A), (2, 2, 1, 6, :B);
alter table purses enable row level security;
alter table payments enable row level security;
create policy own_purses on purses for select to authenticated using (owner_id = auth.uid());
create policy own_payments on payments for select to authenticated
  using (from_purse in (select id from purses) or to_purse in (select id from purses));
create policy pay on payments for insert to authenticated with check (ordered_by = auth.uid());

-- set-up: twelfth-spending-out-of-another-piggy-bank
-- open spendings: authenticated insert
-- beneath spendings: insert into spendings values (9, 2, :S, 5)
create table piggies (id int primary key, child_id uuid not null, cents int not null check (cents >= 0));
create table spendings (id int primary key, piggy_id int not null references piggies, spent_by uuid not null, cents int not null check (cents > 0));
insert into piggies values (1, :A, 1000), (2, :B, 2000);
insert into spendings values (1, 1, :A, 5), (2, 2, :B, 6);
create function spend() returns trigger language plpgsql security definer set search_path = '' as $$ begin
  update public.piggies set cents = cents - new.cents where id = new.piggy_id;
  return new; end $$;
create trigger spend after insert on spendings for each row execute function spend();
alter table piggies enable row level security;
alter table spendings enable row level security;
create policy own_piggies on piggies for select to authenticated using (child_id = auth.uid());
create policy own_spendings on spendings for select to authenticated using (spent_by = auth.uid());
create policy spend on spendings for insert to authenticated with check (spent_by = auth.uid());

-- set-up: twelfth-spending-out-of-ones-own-piggy-bank
-- protected
-- beneath spendings: insert into spendings values (9, 2, :S, 5)
create table piggies (id int primary key, child_id uuid not null, cents int not null check (cents >= 0));
create table spendings (id int primary key, piggy_id int not null references piggies, spent_by uuid not null, cents int not null check (cents > 0));
insert into piggies values (1, :A, 1000), (2, :B, 2000);
insert into spendings values (1, 1, :A, 5), (2, 2, :B, 6);
create function spend() returns trigger language plpgsql security definer set search_path = '' as $$ begin
  update public.piggies set cents = cents - new.cents where id = new.piggy_id;
  return new; end $$;
create trigger spend after insert on spendings for each row execute function spend();
alter table piggies enable row level security;
alter table spendings enable row level security;
create policy own_piggies on piggies for select to authenticated using (child_id = auth.uid());
create policy own_spendings on spendings for select to authenticated using (spent_by = auth.uid());
create policy spend on spendings for insert to authenticated
  with check (spent_by = auth.uid() and exists (select from piggies p where p.id = piggy_id));

-- set-up: twelfth-sale-that-takes-from-a-published-stock
-- published wares: authenticated
create table wares (id int primary key, maker_id uuid not null, published boolean not null default false, left_over int not null);
create table sales (id int primary key, ware_id int not null references wares, buyer_id uuid not null, pieces int not null check (pieces > 0));
insert into wares values (1, :A, true, 100), (2, :B, true, 200);
insert into sales values (1, 1, :B, 5), (2, 2, :A, 6);
create function take() returns trigger language plpgsql security definer set search_path = '' as $$ begin
  update public.wares set left_over = left_over - new.pieces where id = new.ware_id;
  return new; end $$;
create trigger take after insert on sales for each row execute function take();
alter table wares enable row level security;
alter table sales enable row level security;
create policy see_wares on wares for select to authenticated using (published or maker_id = auth.uid());
create policy own_sales on sales for select to authenticated using (buyer_id = auth.uid());
create policy buy on sales for insert to authenticated with check (buyer_id = auth.uid());

-- set-up: twelfth-gift-into-another-piggy-bank
-- protected
create table piggies (id int primary key, child_id uuid not null, cents int not null check (cents >= 0));
create table gifts (id int primary key, piggy_id int not null references piggies, given_by uuid not null, cents int not null check (cents > 0));
insert into piggies values (1, :A, 1000), (2, :B, 2000);
insert into gifts values (1, 2, :A, 5), (2, 1, :B, 6);
create function give() returns trigger language plpgsql security definer set search_path = '' as $$ begin
  update public.piggies set cents = cents + new.cents where id = new.piggy_id;
  return new; end $$;
create trigger give after insert on gifts for each row execute function give();
alter table piggies enable row level security;
alter table gifts enable row level security;
create policy own_piggies on piggies for select to authenticated using (child_id = auth.uid());
create policy own_gifts on gifts for select to authenticated using (given_by = auth.uid());
create policy give on gifts for insert to authenticated with check (given_by = auth.uid());

-- set-up: twelfth-gift-card-that-its-code-opens
-- protected
create table gift_cards (code text primary key, bought_by uuid not null, cents int not null, spent_by uuid);
insert into gift_cards values ('11111111', :A, 10, null), ('22222222', :B, 20, null);
create function spend_card(p_code text) returns int language plpgsql security definer set search_path = '' as $$ declare found int; begin
  update public.gift_cards set spent_by = auth.uid() where code = p_code and spent_by is null returning cents into found;
  if found is null then raise exception 'no such card'; end if;
  return found; end $$;
revoke execute on function spend_card(text) from public, anon;
alter table gift_cards enable row level security;
create policy own_cards on gift_cards for select to authenticated using (bought_by = auth.uid() or spent_by = auth.uid());

-- set-up: twelfth-gift-card-with-a-code-that-everybody-reads
-- open gift_cards: authenticated select
create table gift_cards (code text primary key, bought_by uuid not null, cents int not null, spent_by uuid);
insert into gift_cards values ('11111111', :A, 10, null), ('22222222', :B, 20, null);
create function spend_card(p_code text) returns int language plpgsql security definer set search_path = '' as $$ declare found int; begin
  update public.gift_cards set spent_by = auth.uid() where code = p_code and spent_by is null returning cents into found;
  if found is null then raise exception 'no such card'; end if;
  return found; end $$;
revoke execute on function spend_card(text) from public, anon;
alter table gift_cards enable row level security;
create policy own_cards on gift_cards for select to authenticated using (bought_by = auth.uid() or spent_by = auth.uid());
create policy unspent_cards on gift_cards for select to authenticated using (spent_by is null);

-- set-up: twelfth-scan-in-the-folder-of-another
-- open scans: authenticated insert
-- beneath scans: insert into scans values (9, 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/forged.pdf', :S)
create table scans (id int primary key, path text not null, sent_by uuid not null default auth.uid());
insert into scans values (1, :A || '/will.pdf', :A), (2, :B || '/deed.pdf', :B);
alter table scans enable row level security;
create policy look on scans for select to authenticated using (split_part(path, '/', 1) = auth.uid()::text);
create policy put on scans for insert to authenticated with check (sent_by = auth.uid());

-- set-up: twelfth-scan-in-ones-own-folder
-- protected
-- beneath scans: insert into scans values (9, 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb/forged.pdf', :S)
create table scans (id int primary key, path text not null, sent_by uuid not null default auth.uid());
insert into scans values (1, :A || '/will.pdf', :A), (2, :B || '/deed.pdf', :B);
alter table scans enable row level security;
create policy look on scans for select to authenticated using (split_part(path, '/', 1) = auth.uid()::text);
create policy put on scans for insert to authenticated with check (sent_by = auth.uid() and split_part(path, '/', 1) = auth.uid()::text);
