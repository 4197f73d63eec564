"""The catalogue queries: a fixed number, however many tables there are."""

RELATIONS = """
    select c.oid::bigint, n.nspname, c.relname, c.relkind::text, pg_get_userbyid(c.relowner), c.relrowsecurity,
           c.relforcerowsecurity, coalesce(c.reloptions, '{}'),
           coalesce((select i.inhparent::regclass::text from pg_inherits i where i.inhrelid = c.oid limit 1), ''),
           array(select r.who || ' ' || p.what
                 from unnest(%(roles)s::text[]) r(who), unnest(%(commands)s::text[]) p(what)
                 where has_schema_privilege(r.who, n.oid, 'USAGE') and has_table_privilege(r.who, c.oid, p.what)),
           array(select r.who || ' ' || p.what
                 from unnest(%(roles)s::text[]) r(who), unnest('{select,insert,update}'::text[]) p(what)
                 where has_schema_privilege(r.who, n.oid, 'USAGE') and has_any_column_privilege(r.who, c.oid, p.what)
                   and not has_table_privilege(r.who, c.oid, p.what)),
           exists (select from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal and t.tgenabled in ('O', 'A')
                   and t.tgtype & 2 = 2),
           coalesce((select string_agg(w.rulename, ', ' order by w.rulename) from pg_rewrite w
                     where w.ev_class = c.oid and w.ev_type <> '1' and w.ev_enabled in ('O', 'A')), '')
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any (%(schemas)s) and c.relkind in ('r', 'p', 'v', 'm', 'f')
      and not exists (select from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by c.relname !~ '_actions$', n.nspname, c.relname
"""
POLICIES = """
    select p.polrelid::bigint, p.polname, p.polcmd::text, p.polpermissive,
           array(select case u when 0 then 'public' else pg_get_userbyid(u) end from unnest(p.polroles) u),
           array(select r.who from unnest(%(roles)s::text[]) r(who)
                 where exists (select from unnest(p.polroles) u where u = 0 or pg_has_role(r.who, u, 'USAGE'))),
           coalesce(pg_get_expr(p.polqual, p.polrelid), ''), coalesce(pg_get_expr(p.polwithcheck, p.polrelid), ''),
           coalesce((select string_agg(f.prosrc, ' ') from pg_depend d join pg_proc f on f.oid = d.refobjid
                     join pg_namespace fn on fn.oid = f.pronamespace
                     where d.classid = 'pg_policy'::regclass and d.objid = p.oid
                       and d.refclassid = 'pg_proc'::regclass and fn.nspname not in ('pg_catalog', 'auth')), '')
    from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any (%(schemas)s)
    order by p.polname
"""
CALLED = """
    select f.proname, bool_or(f.provolatile = 'v') from pg_depend d join pg_proc f on f.oid = d.refobjid
    join pg_namespace n on n.oid = f.pronamespace
    where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass
      and n.nspname not in ('pg_catalog', 'auth')
    group by f.proname
"""
"""The functions that policies call, and whether they are volatile."""
FUNCTIONS = """
    select n.nspname, f.proname, pg_get_function_identity_arguments(f.oid), f.provolatile = 'v',
           f.prorettype in ('boolean'::regtype, 'void'::regtype) and not f.proretset,
           array(select r.who from unnest(%(roles)s::text[]) r(who)
                 where has_schema_privilege(r.who, n.oid, 'USAGE') and has_function_privilege(r.who, f.oid, 'EXECUTE')),
           array(select format_type(u.kind, null)
                 from unnest(f.proargtypes) with ordinality u(kind, place) order by place),
           f.prosecdef, f.proisstrict, f.prosrc ~* %(executing)s,
           coalesce(pg_get_function_sqlbody(f.oid), f.prosrc), coalesce(f.proargnames, '{}')
    from pg_proc f join pg_namespace n on n.oid = f.pronamespace
    where n.nspname = any (%(schemas)s) and f.prokind = 'f'
      and (f.prosecdef or f.prosrc ~* %(executing)s or f.prosrc ~* '\\mtruncate\\M')
      and f.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
      and not exists (select from pg_depend d
                      where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.deptype = 'e')
    order by 1, 2, 3
"""
EXECUTING = r"\m(execute|query_to_xml\w*|table_to_xml\w*|ts_stat|dblink\w*|crosstab\w*|cursor_to_xml\w*)\M"
"""Words of functions that run SQL which they put together (PostgreSQL: 43.5.4 Executing Dynamic Commands, 9.15.3)."""
LABELS = """
    select format_type(enumtypid, null), (array_agg(enumlabel::text order by enumsortorder))[1]
    from pg_enum group by enumtypid
"""
UNBOUND = """
    select r.who, string_agg(o.rolname, ', ' order by o.rolname)
    from unnest(%(roles)s::text[]) r(who), pg_roles o
    where (o.rolsuper or o.rolbypassrls) and pg_has_role(r.who, o.oid, 'MEMBER')
    group by r.who
"""
"""Request roles that can SET ROLE to one that bypasses policies, or are one."""
POWERS = "select rolname, rolsuper, rolsuper or rolbypassrls from pg_roles where rolname = current_user"
APPLICATION = """
    select a.rolsuper, a.rolbypassrls,
           array(select o.rolname::text from pg_roles o
                 where (o.rolsuper or o.rolbypassrls) and o.oid <> a.oid and pg_has_role(a.oid, o.oid, 'MEMBER')
                 order by 1),
           array(select o.rolname::text from pg_roles o where pg_has_role(a.oid, o.oid, 'MEMBER') order by 1)
    from pg_roles a where a.rolname = %(app)s
"""
"""What frees the application's role from policies: its attributes, and the roles that it is or can become."""
MAY_LOG_IN = "select rolname::text from pg_roles where rolname = any (%(roles)s) and rolcanlogin"
MISSING_ROLES = "select who from unnest(%(roles)s::text[]) r(who) where to_regrole(who) is null"
EXPOSED_SCHEMAS = """
    select regexp_split_to_array(substr(setting, length('pgrst.db_schemas=') + 1), ' *, *')
    from pg_db_role_setting s join pg_roles r on r.oid = s.setrole, unnest(s.setconfig) setting
    where r.rolname = 'authenticator' and starts_with(setting, 'pgrst.db_schemas=')
    order by s.setdatabase desc limit 1
"""
"""The schemas that PostgREST serves, where they are set in the database."""
GRANTED_SCHEMAS = """
    select n.nspname from pg_namespace n, unnest(%(roles)s::text[]) r(who)
    where to_regrole(r.who) is not null and has_schema_privilege(r.who, n.oid, 'USAGE')
      and n.nspname !~ '^(pg_|_|information_schema$|supabase_|graphql|pgsodium|pgmq|timescaledb|topology$)'
      and n.nspname not in ('auth', 'storage', 'realtime', 'vault', 'extensions', 'cron', 'net', 'pgbouncer', 'tiger')
      and exists (select from pg_class c where c.relnamespace = n.oid and c.relkind in ('r', 'p', 'v', 'm', 'f')
                  and (has_table_privilege(r.who, c.oid, 'SELECT, INSERT, UPDATE, DELETE')
                       or has_any_column_privilege(r.who, c.oid, 'SELECT, INSERT, UPDATE'))
                  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                                  and d.deptype = 'e'))
    group by n.nspname order by n.nspname
"""
"""The schemas, besides those of the platform, in which a client may read or write something."""
EXISTING_SCHEMAS = "select nspname from pg_namespace where nspname = any (%(schemas)s)"

COLUMNS = """
    select n.nspname, c.relname, c.relkind::text, a.attname, format_type(a.atttypid, a.atttypmod), b.typname,
           b.typcategory::text, b.typtype::text, coalesce(e.typname, ''), coalesce(e.typtype::text, ''),
           case when b.typname in ('varchar', 'bpchar')
                then greatest(case when t.typbasetype <> 0 then t.typtypmod else a.atttypmod end - 4, 0) else 0 end,
           a.attnotnull or t.typnotnull, a.attgenerated <> '', a.attidentity::text, a.atthasdef,
           array(select enumlabel::text from pg_enum
                 where enumtypid in (b.oid, b.typelem) order by enumsortorder),
           coalesce(pg_get_expr(c.relpartbound, c.oid), ''),
           coalesce(array_position(string_to_array(k.partattrs::text, ' ')::int[], a.attnum::int), 0),
           array(select r.who || ' ' || p.what
                 from unnest(%(roles)s::text[]) r(who), unnest('{select,insert,update}'::text[]) p(what)
                 where has_column_privilege(r.who, c.oid, a.attnum, p.what)),
           array(select pg_get_constraintdef(x.oid) from pg_constraint x
                 where (x.contype = 'c' and x.conrelid = c.oid and a.attnum = any (x.conkey))
                    or (x.contype = 'c' and x.contypid = t.oid)),
           exists (select from pg_index u where u.indrelid = c.oid and u.indisunique and a.attnum = any (u.indkey)),
           exists (select from pg_depend d where d.classid = 'pg_policy'::regclass
                   and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = a.attnum),
           coalesce((select pg_get_expr(f.adbin, f.adrelid) from pg_attrdef f
                     where f.adrelid = c.oid and f.adnum = a.attnum), '')
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_type t on t.oid = a.atttypid join pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
    left join pg_type e on e.oid = b.typelem and b.typcategory = 'A'
    left join pg_inherits i on i.inhrelid = c.oid and c.relispartition
    left join pg_partitioned_table k on k.partrelid = i.inhparent
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped
      and n.nspname !~ '^(pg_|information_schema$)'
      and not exists (select from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by n.nspname, c.relname, a.attnum
"""
"""Every column that a row needs a value for; the partition key by its place in the parent's key."""
TEXTS = """
    select '', coalesce(pg_get_expr(polqual, polrelid), '') || ' ' || coalesce(pg_get_expr(polwithcheck, polrelid), '')
    from pg_policy
    union all
    select f.proname, coalesce(pg_get_function_sqlbody(f.oid), f.prosrc)
    from pg_proc f join pg_namespace n on n.oid = f.pronamespace
    where n.nspname !~ '^(pg_|information_schema$|auth$|storage$|extensions$|realtime$|graphql)' and f.prolang <> 12
       or n.nspname = 'realtime' and f.proname = 'topic'
    union all
    select c.relname, pg_get_viewdef(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'v' and n.nspname !~ '^(pg_|information_schema$)'
    union all
    select 'rule ' || w.rulename, pg_get_ruledef(w.oid) from pg_rewrite w join pg_class c on c.oid = w.ev_class
    join pg_namespace n on n.oid = c.relnamespace
    where w.ev_type <> '1' and n.nspname !~ '^(pg_|information_schema$)'
"""
"""Everything in which a condition can stand: a function, view or rule by its name, empty for a policy, and its text."""
ARGUMENTS = """
    select f.proname, pg_get_function_arguments(f.oid) from pg_proc f join pg_namespace n on n.oid = f.pronamespace
    where f.pronargs > 0 and n.nspname !~ '^(pg_|information_schema$|auth$|storage$|extensions$|realtime$|graphql)'
"""
"""What each function is given, with its defaults."""
AT_SIGN_UP = """
    select f.prosrc from pg_trigger t join pg_proc f on f.oid = t.tgfoid
    where t.tgrelid = to_regclass('auth.users') and not t.tgisinternal and t.tgenabled in ('O', 'A')
"""
"""What runs when somebody signs up."""
REFERENCES = """
    select n.nspname, c.relname, a.attname, tn.nspname, t.relname
    from pg_constraint x join pg_class c on c.oid = x.conrelid join pg_namespace n on n.oid = c.relnamespace
    join pg_class t on t.oid = x.confrelid join pg_namespace tn on tn.oid = t.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum = any (x.conkey)
    where x.contype = 'f'
"""
"""The columns of foreign keys, and the tables that they refer to."""
KEYS = """
    select n.nspname, c.relname, array(select a.attname::text from pg_attribute a where a.attrelid = c.oid
                                       and a.attnum = any (u.indkey) order by a.attnum)
    from pg_index u join pg_class c on c.oid = u.indrelid join pg_namespace n on n.oid = c.relnamespace
    where u.indisunique and u.indpred is null and n.nspname !~ '^(pg_|information_schema$)'
    order by c.oid, u.indexrelid
"""
"""The columns of each unique key."""
RUN_BY_WRITES = """
    select n.nspname, c.relname, array_agg(distinct x.name)
    from (select tgrelid as relation, f.proname::text as name from pg_trigger t join pg_proc f on f.oid = t.tgfoid
          where not t.tgisinternal and t.tgenabled in ('O', 'A')
          union all
          select ev_class, 'rule ' || rulename from pg_rewrite where ev_type <> '1' and ev_enabled in ('O', 'A')) x
    join pg_class c on c.oid = x.relation join pg_namespace n on n.oid = c.relnamespace
    where n.nspname !~ '^(pg_|information_schema$)'
    group by 1, 2
"""
"""The functions and rules that run when a table or view is written to."""
WRITTEN = """
    select coalesce(sum(n_tup_ins), 0)::bigint, coalesce(sum(n_tup_upd + n_tup_del), 0)::bigint,
           array(select n.nspname || '.' || c.relname from pg_locks l join pg_class c on c.oid = l.relation
                 join pg_namespace n on n.oid = c.relnamespace
                 where l.pid = pg_backend_pid() and l.mode = 'AccessExclusiveLock' and c.relkind in ('r', 'p'))
    from pg_stat_xact_user_tables
"""
INSERTED = """
    select schemaname, relname, n_tup_ins from pg_stat_xact_user_tables where n_tup_ins > 0
"""
FOREIGN_KEYS = """
    select format('alter table %I.%I drop constraint %I', n.nspname, c.relname, x.conname)
    from pg_constraint x join pg_class c on c.oid = x.conrelid join pg_namespace n on n.oid = c.relnamespace
    where x.contype = 'f' and x.conparentid = 0 and n.nspname !~ '^(pg_|information_schema$)'
"""
PARTITIONS = """
    select pn.nspname, p.relname, cn.nspname, c.relname
    from pg_inherits i join pg_class p on p.oid = i.inhparent join pg_namespace pn on pn.oid = p.relnamespace
    join pg_class c on c.oid = i.inhrelid join pg_namespace cn on cn.oid = c.relnamespace
    where p.relkind = 'p'
"""
VIEW_BASES = """
    with recursive below(top, relation, calls) as (
        select c.oid, c.oid, false from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('v', 'm') and n.nspname !~ '^(pg_|information_schema$)'
        union
        select b.top, case when d.refclassid = 'pg_class'::regclass then d.refobjid else b.relation end,
               d.refclassid = 'pg_proc'::regclass
        from below b join pg_rewrite w on w.ev_class = b.relation
        join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
        left join pg_proc f on d.refclassid = 'pg_proc'::regclass and f.oid = d.refobjid
        where (d.refclassid = 'pg_class'::regclass and d.refobjid <> b.relation)
           or (f.pronamespace not in ('pg_catalog'::regnamespace::oid, coalesce(to_regnamespace('auth')::oid, 0::oid)))
    )
    select tn.nspname, t.relname, bool_or(b.calls),
           coalesce(jsonb_agg(distinct jsonb_build_array(n.nspname, c.relname)) filter (where c.relkind in ('r', 'p')),
                    '[]')
    from below b join pg_class t on t.oid = b.top join pg_namespace tn on tn.oid = t.relnamespace
    join pg_class c on c.oid = b.relation join pg_namespace n on n.oid = c.relnamespace
    group by 1, 2
"""
"""The tables below each view, and whether it calls functions, which may read others."""
ATTEMPTS = """
    create or replace function pg_temp.attempts(settings jsonb, person text, tries jsonb)
    returns setof jsonb language plpgsql as $attempts$
    declare
        try jsonb;
        step text;
        name text;
        value text;
        seen jsonb;
        changed bigint;
        state text;
        words text;
    begin
        for name, value in select * from jsonb_each_text(settings) loop
            perform set_config(name, value, true);
        end loop;
        for try in select * from jsonb_array_elements(tries) loop
            begin
                if try ? 'before' then
                    set local session_replication_role = replica;
                    for step in select * from jsonb_array_elements_text(try -> 'before') loop
                        execute step;
                    end loop;
                    set local session_replication_role = origin;
                end if;
                perform set_config('role', person, true);
                for step in select * from jsonb_array_elements_text(coalesce(try -> 'first', '[]')) loop
                    begin
                        execute step;
                    exception when others then
                        null;
                    end;
                end loop;
                if (try -> 'reads')::boolean then
                    execute 'select to_jsonb(seen) from (' || (try ->> 'query') || ') as seen' into seen;
                else
                    execute try ->> 'query';
                    get diagnostics changed = row_count;
                    seen = jsonb_build_object('rows', changed);
                end if;
                if try ? 'then' then
                    reset role;
                    execute 'select to_jsonb(seen) from (' || (try ->> 'then') || ') as seen' into seen;
                end if;
                raise exception using errcode = 'UNDO1', message = seen::text;
            exception when others then
                get stacked diagnostics state = returned_sqlstate, words = message_text;
                return next case state when 'UNDO1' then words::jsonb
                            else jsonb_build_object('state', state, 'words', words) end;
            end;
        end loop;
    end
    $attempts$
"""
"""Many attempts of one person in one statement, each undone by its exception. Only for a copy: it makes a function."""
