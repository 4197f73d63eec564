alter default privileges in schema public revoke truncate on tables from anon, authenticated;
create table notes (id int primary key, user_id uuid not null, body text);
alter table notes enable row level security;
insert into notes values (1, :A, 'of a'), (2, :B, 'of b');
