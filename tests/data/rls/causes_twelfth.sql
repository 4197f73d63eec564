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
