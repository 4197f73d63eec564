create function moddatetime() returns trigger language plpgsql as $$
begin
    if not exists (select from pg_attribute where attrelid = tg_relid and attname = tg_argv[0] and not attisdropped) then
        raise undefined_column using message = format('"%s" has no attribute "%s"', tg_table_name, tg_argv[0]);
    end if;
    return jsonb_populate_record(new, jsonb_build_object(tg_argv[0], now()));
end $$;
