-- set-up: function-hands-out-everything
-- open every_note(): anon select
-- open every_note(): authenticated select
create function every_note() returns setof notes language sql stable security definer set search_path = '' as
    $$ select * from public.notes $$;

-- set-up: function-without-a-grant
-- protected
create function every_note() returns setof notes language sql stable security definer set search_path = '' as
    $$ select * from public.notes $$;
revoke execute on function every_note() from public, anon, authenticated;

-- set-up: function-hands-out-what-it-is-asked-for
-- open notes_of(:B): anon select
-- open notes_of(:B): authenticated select
create function notes_of(who uuid) returns setof notes language sql stable security definer set search_path = '' as
    $$ select * from public.notes where user_id = who $$;

-- set-up: function-hands-out-the-callers-own
-- protected
create function my_notes() returns setof notes language sql stable security definer set search_path = '' as
    $$ select * from public.notes where user_id = auth.uid() $$;

-- set-up: function-with-the-callers-rights
-- protected
create policy own on notes using (user_id = auth.uid());
create function every_note() returns setof notes language sql stable set search_path = '' as $$ select * from public.notes $$;

-- set-up: function-deletes-for-anybody
-- open wipe(:B): authenticated update
create function wipe(who uuid) returns void language sql security definer set search_path = '' as
    $$ delete from public.notes where user_id = who $$;
revoke execute on function wipe(uuid) from public, anon;
grant execute on function wipe(uuid) to authenticated;

-- set-up: function-that-asks-who-it-is
-- protected
create function notes_of(who uuid) returns setof notes language plpgsql stable security definer set search_path = '' as $$
begin
    if who is distinct from auth.uid() then raise exception 'not yours'; end if;
    return query select * from public.notes where user_id = who;
end $$;

-- set-up: function-that-counts
-- open how_many(): anon select
-- open how_many(): authenticated select
create function how_many() returns bigint language sql stable security definer set search_path = '' as
    $$ select count(*) from public.notes $$;

-- set-up: function-that-echoes
-- protected
create function shout(words text) returns text language sql immutable security definer set search_path = '' as
    $$ select upper(words) $$;

-- set-up: function-that-replaces-the-callers-row
-- protected
create table drafts (user_id uuid primary key, body text not null);
alter table drafts enable row level security;
insert into drafts values (:A, 'of a'), (:B, 'of b');
create policy own on drafts for select to authenticated using (user_id = auth.uid());
create function keep_draft(words text) returns void language sql security definer set search_path = '' as $$
    insert into public.drafts (user_id, body) select auth.uid(), words where auth.uid() is not null
    on conflict (user_id) do update set body = excluded.body $$;

-- set-up: function-that-replaces-a-row-of-anybody
-- open keep_draft(:A, 'x'): authenticated update
create table drafts (user_id uuid primary key, body text not null);
alter table drafts enable row level security;
insert into drafts values (:A, 'of a'), (:B, 'of b');
create policy own on drafts for select to authenticated using (user_id = auth.uid());
create function keep_draft(whose uuid, words text) returns void language sql security definer set search_path = '' as $$
    insert into public.drafts (user_id, body) values (whose, words)
    on conflict (user_id) do update set body = excluded.body $$;
revoke execute on function keep_draft(uuid, text) from public, anon;
