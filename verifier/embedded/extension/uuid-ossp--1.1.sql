create function uuid_generate_v4() returns uuid volatile parallel safe language sql as 'select pg_catalog.gen_random_uuid()';
create function uuid_generate_v1() returns uuid volatile parallel safe language sql as 'select pg_catalog.uuidv7()';
create function uuid_generate_v1mc() returns uuid volatile parallel safe language sql as 'select pg_catalog.uuidv7()';
create function uuid_nil() returns uuid immutable strict parallel safe language sql as
'select ''00000000-0000-0000-0000-000000000000''::uuid';
create function uuid_ns_dns() returns uuid immutable strict parallel safe language sql as
'select ''6ba7b810-9dad-11d1-80b4-00c04fd430c8''::uuid';
create function uuid_ns_url() returns uuid immutable strict parallel safe language sql as
'select ''6ba7b811-9dad-11d1-80b4-00c04fd430c8''::uuid';
create function uuid_generate_v5(namespace uuid, name text) returns uuid immutable strict parallel safe language plpgsql as
$$ begin raise feature_not_supported using message = 'stand-in of uuid-ossp: uuid_generate_v5 is not here'; end $$;
create function uuid_generate_v3(namespace uuid, name text) returns uuid immutable strict parallel safe language plpgsql as
$$ begin raise feature_not_supported using message = 'stand-in of uuid-ossp: uuid_generate_v3 is not here'; end $$;
