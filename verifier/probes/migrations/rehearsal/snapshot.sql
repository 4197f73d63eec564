-- Everything of a database that somebody may rely on: kind, name, and what there is to say of it.
with schemas as (
    select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
), relations as (
    select c.*, s.nspname, s.nspname || '.' || c.relname as name
    from pg_class c join schemas s on s.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I')
), tables as (
    select * from relations where relkind in ('r', 'p', 'v', 'm', 'f')
)
select 'schema' as kind, nspname as name, jsonb_build_object() as detail from schemas
union all
select 'relation', name, jsonb_build_object(
    'kind', relkind, 'rls', relrowsecurity, 'forced', relforcerowsecurity, 'logged', relpersistence <> 'u',
    'invoker', coalesce(reloptions && array['security_invoker=true', 'security_invoker=on'], false))
from tables
union all
select 'storage', name, jsonb_build_object('file', relfilenode) from relations where relkind in ('r', 'm')
union all
select 'sequence', name, jsonb_build_object('step', q.seqincrement, 'least', q.seqmin, 'most', q.seqmax,
    'cycles', q.seqcycle, 'type', format_type(q.seqtypid, null))
from relations r join pg_sequence q on q.seqrelid = r.oid where relkind = 'S'
union all
select 'view', name, jsonb_build_object('definition', pg_get_viewdef(oid)) from tables where relkind in ('v', 'm')
union all
select 'column', t.name || '.' || a.attname, jsonb_build_object(
    'type', format_type(a.atttypid, a.atttypmod), 'required', a.attnotnull, 'identity', a.attidentity,
    'generated', a.attgenerated, 'default', pg_get_expr(d.adbin, d.adrelid))
from pg_attribute a join tables t on t.oid = a.attrelid
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0 and not a.attisdropped
union all
select 'constraint', t.name || '/' || c.conname, jsonb_build_object(
    'definition', pg_get_constraintdef(c.oid), 'valid', c.convalidated, 'kind', c.contype, 'oid', c.oid::bigint,
    'columns', (select array_agg(a.attname) from pg_attribute a where a.attrelid = t.oid and a.attnum = any (c.conkey)))
from pg_constraint c join tables t on t.oid = c.conrelid where c.contype <> 'n'
union all
select 'index', i.name, jsonb_build_object('definition', pg_get_indexdef(i.oid), 'valid', x.indisvalid, 'table', t.name,
    'oid', i.oid::bigint)
from relations i join pg_index x on x.indexrelid = i.oid join tables t on t.oid = x.indrelid
union all
select 'policy', t.name || '/' || p.polname, jsonb_build_object('definition', format(
    'create policy p on %s as %s for %s to %s%s%s', t.name, case when p.polpermissive then 'permissive' else 'restrictive' end,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
    (select string_agg(case when r = 0 then 'public' else quote_ident(pg_get_userbyid(r)) end, ', ') from unnest(p.polroles) r),
    ' using (' || pg_get_expr(p.polqual, p.polrelid) || ')', ' with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')'), 'oid', p.oid::bigint)
from pg_policy p join tables t on t.oid = p.polrelid
union all
select 'trigger', t.name || '/' || g.tgname, jsonb_build_object('definition', pg_get_triggerdef(g.oid), 'on', g.tgenabled <> 'D',
    'oid', g.oid::bigint)
from pg_trigger g join tables t on t.oid = g.tgrelid where not g.tgisinternal
union all
select 'rule', t.name || '/' || r.rulename, jsonb_build_object('definition', pg_get_ruledef(r.oid))
from pg_rewrite r join tables t on t.oid = r.ev_class where r.rulename <> '_RETURN'
union all
select 'function', s.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', jsonb_build_object(
    'definition', md5(f.text), 'text', f.text, 'definer', p.prosecdef)
from pg_proc p join schemas s on s.oid = p.pronamespace,
    lateral (select case when p.prokind = 'a' then '' else pg_get_functiondef(p.oid) end) f(text)
union all
select 'type', s.nspname || '.' || t.typname, jsonb_build_object('kind', t.typtype, 'required', t.typnotnull,
    'default', t.typdefault, 'base', case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) end)
from pg_type t join schemas s on s.oid = t.typnamespace where t.typtype in ('e', 'd', 'r')
union all
select 'domain constraint', s.nspname || '.' || t.typname || '/' || c.conname, jsonb_build_object(
    'definition', pg_get_constraintdef(c.oid), 'valid', c.convalidated)
from pg_constraint c join pg_type t on t.oid = c.contypid join schemas s on s.oid = t.typnamespace where c.contype <> 'n'
union all
select 'value', s.nspname || '.' || t.typname || '=' || e.enumlabel, jsonb_build_object()
from pg_enum e join pg_type t on t.oid = e.enumtypid join schemas s on s.oid = t.typnamespace
union all
select 'partition', i.inhrelid::regclass::text || ' of ' || i.inhparent::regclass::text, jsonb_build_object()
from pg_inherits i join tables t on t.oid = i.inhrelid
union all
select 'right', t.name || ' ' || r.privilege_type || ' to ' || coalesce(nullif(r.grantee, 0)::regrole::text, 'public'), jsonb_build_object()
from tables t, aclexplode(coalesce(t.relacl, acldefault('r', t.relowner))) r
union all
select 'right', t.name || '.' || a.attname || ' ' || r.privilege_type || ' to ' || coalesce(nullif(r.grantee, 0)::regrole::text, 'public'),
    jsonb_build_object()
from tables t join pg_attribute a on a.attrelid = t.oid and a.attacl is not null, aclexplode(a.attacl) r
union all
select 'right', s.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') ' || r.privilege_type || ' to '
    || coalesce(nullif(r.grantee, 0)::regrole::text, 'public'), jsonb_build_object()
from pg_proc p join schemas s on s.oid = p.pronamespace, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) r
union all
select 'right', 'schema ' || s.nspname || ' ' || r.privilege_type || ' to ' || coalesce(nullif(r.grantee, 0)::regrole::text, 'public'),
    jsonb_build_object()
from pg_namespace n join schemas s on s.oid = n.oid, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) r
union all
select 'extension', extname, jsonb_build_object() from pg_extension
union all
select 'publication', pubname || ' ' || schemaname || '.' || tablename, jsonb_build_object() from pg_publication_tables
union all
select 'role', rolname, jsonb_build_object('super', rolsuper, 'bypasses', rolbypassrls)
from pg_roles where rolname !~ '^pg_'
union all
select 'member', m.member::regrole || ' of ' || m.roleid::regrole, jsonb_build_object() from pg_auth_members m
