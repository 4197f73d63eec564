create function digest(data bytea, type text) returns bytea immutable strict parallel safe language plpgsql as $$
begin
    return case lower(type)
        when 'sha224' then sha224(data) when 'sha256' then sha256(data) when 'sha384' then sha384(data)
        when 'sha512' then sha512(data) when 'md5' then decode(md5(data), 'hex') end;
end $$;
create function digest(data text, type text) returns bytea immutable strict parallel safe language plpgsql as $$
declare
    bytes bytea := convert_to(data, 'UTF8');
begin
    return case lower(type)
        when 'sha224' then sha224(bytes) when 'sha256' then sha256(bytes) when 'sha384' then sha384(bytes)
        when 'sha512' then sha512(bytes) when 'md5' then decode(md5(bytes), 'hex') end;
end $$;
create function gen_random_bytes(count integer) returns bytea volatile strict parallel safe language sql as $$
select substring(coalesce(string_agg(uuid_send(gen_random_uuid()), ''::bytea), ''::bytea) from 1 for count)
from generate_series(0, count / 16)
$$;
create function gen_random_uuid() returns uuid volatile parallel safe language sql as 'select pg_catalog.gen_random_uuid()';
create function hmac(data text, key text, type text) returns bytea immutable strict parallel safe language plpgsql as
$$ begin raise feature_not_supported using message = 'stand-in of pgcrypto: hmac is not here'; end $$;
create function hmac(data bytea, key bytea, type text) returns bytea immutable strict parallel safe language plpgsql as
$$ begin raise feature_not_supported using message = 'stand-in of pgcrypto: hmac is not here'; end $$;
create function crypt(password text, salt text) returns text immutable strict parallel safe language plpgsql as
$$ begin raise feature_not_supported using message = 'stand-in of pgcrypto: crypt is not here'; end $$;
create function gen_salt(type text) returns text volatile strict parallel safe language plpgsql as
$$ begin raise feature_not_supported using message = 'stand-in of pgcrypto: gen_salt is not here'; end $$;
create function gen_salt(type text, rounds integer) returns text volatile strict parallel safe language plpgsql as
$$ begin raise feature_not_supported using message = 'stand-in of pgcrypto: gen_salt is not here'; end $$;
create function pgp_sym_encrypt(data text, password text) returns bytea volatile strict parallel safe language plpgsql as
$$ begin raise feature_not_supported using message = 'stand-in of pgcrypto: pgp_sym_encrypt is not here'; end $$;
create function pgp_sym_decrypt(data bytea, password text) returns text immutable strict parallel safe language plpgsql as
$$ begin raise feature_not_supported using message = 'stand-in of pgcrypto: pgp_sym_decrypt is not here'; end $$;
