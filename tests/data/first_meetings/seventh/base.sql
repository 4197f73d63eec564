-- The history that is live before each migration of migrations.sql (each is applied alone, on a fresh copy):
-- a shop platform on Supabase (stores, warehouse, subscriptions, support), a backend with its own role (app_server),
-- a billing service on Prisma and a storefront on drizzle beside it. Applied as superuser in one go; everything belongs to role "postgres" in the end.
-- 1. the platform's shim. Roles are cluster-wide and made once.
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then
    create role anon nologin; create role authenticated nologin; create role service_role nologin bypassrls;
    create role authenticator login noinherit; grant anon, authenticated, service_role to authenticator;
    create role supabase_auth_admin nologin; create role supabase_storage_admin nologin;
    if not exists (select from pg_roles where rolname = 'postgres') then create role postgres login createrole createdb bypassrls; end if;
    grant anon, authenticated, service_role, supabase_auth_admin, supabase_storage_admin to postgres;
  end if;
  if not exists (select from pg_roles where rolname = 'reporting') then create role reporting nologin; grant reporting to postgres; end if;
  if not exists (select from pg_roles where rolname = 'app_server') then create role app_server nologin; grant app_server to postgres; end if;
end $$;
do $$ begin execute format('grant create on database %I to postgres', current_database()); end $$;
alter schema public owner to postgres;
create schema extensions; create schema auth authorization supabase_auth_admin; create schema storage authorization supabase_storage_admin;
grant usage on schema public, extensions, auth, storage to anon, authenticated, service_role, postgres, reporting, app_server;
grant create on schema extensions to postgres;
create table auth.users (id uuid primary key, email text unique, raw_user_meta_data jsonb default '{}', raw_app_meta_data jsonb default '{}', created_at timestamptz default now());
alter table auth.users owner to supabase_auth_admin;
grant select, insert, update, delete, references, trigger on auth.users to postgres;
insert into auth.users (id, email) values ('aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'anna@acme.test'), ('bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'bert@globex.test'), ('cccccccc-cccc-4ccc-8ccc-cccccccccccc', 'cleo@mail.test');
create function auth.jwt() returns jsonb language sql stable as $$ select coalesce(nullif(current_setting('request.jwt.claim', true), ''), nullif(current_setting('request.jwt.claims', true), ''))::jsonb $$;
create function auth.uid() returns uuid language sql stable as $$ select nullif(coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''), (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')), '')::uuid $$;
create function auth.role() returns text language sql stable as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role') $$;
create table storage.buckets (id text primary key, name text not null, public boolean default false, owner uuid, file_size_limit bigint, allowed_mime_types text[]);
create table storage.objects (id uuid primary key default gen_random_uuid(), bucket_id text references storage.buckets (id), name text, owner uuid, owner_id text, metadata jsonb, created_at timestamptz default now());
create function storage.foldername(name text) returns text[] language plpgsql immutable as $$ declare p text[]; begin p := string_to_array(name, '/'); return p[1:array_length(p, 1) - 1]; end $$;
alter table storage.buckets owner to supabase_storage_admin; alter table storage.objects owner to supabase_storage_admin;
alter table storage.buckets enable row level security; alter table storage.objects enable row level security;
grant all on storage.buckets, storage.objects to anon, authenticated, service_role, postgres;
create publication supabase_realtime;
alter publication supabase_realtime owner to postgres;
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
set role postgres;
create extension if not exists pgcrypto schema extensions;
create extension if not exists pg_trgm schema extensions;
create extension if not exists citext schema extensions;
set search_path = public, extensions;

-- 2. the shop
create type product_status as enum ('draft', 'active', 'retired');
create type order_status as enum ('cart', 'placed', 'paid', 'shipped', 'cancelled');
create type ticket_priority as enum ('low', 'normal', 'urgent');
create table stores (id uuid primary key default gen_random_uuid(), name text not null, slug text not null unique, settings jsonb not null default '{}', created_at timestamptz not null default now());
create table staff (store_id uuid not null references stores on delete cascade, user_id uuid not null, role text not null default 'clerk', primary key (store_id, user_id));
create table customers (
  id bigint generated by default as identity primary key,
  store_id uuid not null references stores on delete cascade, user_id uuid references auth.users on delete set null,
  email citext not null, full_name text, first_name text, last_name text, phone varchar(40), note text,
  loyalty_points int not null default 0, marketing_ok boolean not null default false, vat_id text, locale text not null default 'en',
  created_at timestamptz not null default now(), updated_at timestamptz,
  constraint customers_store_email_key unique (store_id, email),
  constraint customers_locale_known check (locale in ('en', 'de', 'fr')));
create table addresses (id bigserial primary key, customer_id bigint references customers on delete cascade, street text, zip varchar(10), city text, country char(2) not null default 'DE', is_default boolean default false);
create table products (
  id uuid primary key default gen_random_uuid(), store_id uuid not null references stores on delete cascade,
  sku text not null, title text not null, description text, price numeric(10,4) not null default 0, weight_kg real, tax_rate numeric(4,2),
  status product_status not null default 'draft', attributes jsonb not null default '{}', image_path text, barcode text, position smallint not null default 0,
  updated_at timestamptz, constraint products_store_sku_key unique (store_id, sku));
create unique index products_barcode_uidx on products (barcode);
create table warehouses (code text primary key, name text not null, country char(2), active boolean not null default true);
create table stock_levels (warehouse_code text not null references warehouses, product_id uuid not null references products on delete cascade, qty int not null default 0, reserved int not null default 0, primary key (warehouse_code, product_id), constraint stock_levels_qty_check check (qty >= 0));
create table stock_moves (id serial primary key, warehouse_code text not null, product_id uuid, delta int not null, reason text default 'sale', ref text, batch text, moved_at timestamptz not null default now(), constraint stock_moves_reason_known check (reason in ('sale', 'return', 'count')));
create index stock_moves_product_idx on stock_moves (product_id);
create index stock_moves_product_idx1 on stock_moves (product_id);
create index stock_moves_moved_at_idx on stock_moves (moved_at);
create table orders (
  id bigint generated by default as identity primary key, store_id uuid not null references stores on delete cascade,
  customer_id bigint references customers on delete set null, number varchar(20), status order_status not null default 'cart',
  total numeric(10,2) not null default 0, currency text not null default 'eur', shipping jsonb, coupon_code varchar(16), source text, placed_at timestamptz, created_at timestamptz not null default now(), updated_at timestamptz,
  constraint orders_source_present check (source is not null));
alter table orders add constraint orders_number_present check (number is not null) not valid;
create index orders_created_idx on orders (created_at);
create table order_items (order_id bigint not null references orders on delete cascade, line int not null, product_id uuid references products on delete restrict, qty int not null default 1, unit_price numeric(10,2) not null, line_total numeric(12,2) generated always as (qty * unit_price) stored, primary key (order_id, line));
create table payments (id uuid primary key default gen_random_uuid(), order_id bigint not null, provider text not null, amount numeric(10,2) not null, state text not null default 'open', raw jsonb, created_at timestamptz not null default now());
create index payments_order_idx on payments (order_id);
create table coupons (code varchar(16) primary key, store_id uuid references stores, percent int not null check (percent between 1 and 50), used int not null default 0, expires_on date);
create table plans (code text primary key, title text not null, cents int not null, internal_cost int, interval text not null default 'month');
create table subscriptions (id uuid primary key default gen_random_uuid(), customer_id bigint not null references customers on delete restrict, plan_code text not null references plans, state text not null default 'trial', quantity int default 1, renews_at timestamptz, cancelled_at timestamptz, meta jsonb);
alter table subscriptions add constraint subscriptions_quantity_positive check (quantity > 0) not valid;
create table tickets (id bigint generated always as identity primary key, store_id uuid not null references stores on delete cascade, customer_id bigint references customers on delete set null, subject text not null, priority ticket_priority not null default 'normal', state text not null default 'open', assignee uuid, opened_at timestamptz not null default now(), closed_at timestamptz);
create table ticket_messages (id bigint generated always as identity primary key, ticket_id bigint not null references tickets on delete cascade, author uuid, body text not null, internal boolean not null default false, sent_at timestamptz not null default now());
create index ticket_messages_body_trgm on ticket_messages using gin (body extensions.gin_trgm_ops);
create table event_log (id bigint generated by default as identity, store_id uuid not null, kind text not null, data jsonb, at timestamptz not null, primary key (id, at)) partition by range (at);
create table event_log_2026_01 partition of event_log for values from ('2026-01-01') to ('2026-02-01');
create table event_log_2026_02 partition of event_log for values from ('2026-02-01') to ('2026-03-01');
create table sensor_readings (sensor text not null, at timestamptz not null, celsius double precision, primary key (sensor, at)) partition by range (at);
create table sensor_readings_2026_01 partition of sensor_readings for values from ('2026-01-01') to ('2026-02-01');
create table sensor_readings_rest partition of sensor_readings default;
create table jobs (id bigint generated by default as identity primary key, kind text not null, payload jsonb not null default '{}', status text not null default 'pending', attempts int not null default 0, run_at timestamptz not null default now(), locked_by text);
create table webhook_endpoints (id uuid primary key default gen_random_uuid(), store_id uuid references stores, url text not null, secret text not null, enabled boolean not null default true);
create unlogged table rate_limits (key text primary key, hits int not null default 0, reset_at timestamptz);
create table tmp_import_2024 (line int, raw text);
create table tmp_import_2025 (line int, raw text);
create schema reporting_data; grant usage on schema reporting_data to reporting;
create table reporting_data.daily_sales (day date primary key, store_id uuid, total numeric(14,2));
grant select on reporting_data.daily_sales to reporting;

create function touch_updated_at() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create trigger customers_touch before update on customers for each row execute function touch_updated_at();
create trigger orders_touch before update on orders for each row execute function touch_updated_at();
create function is_staff(s uuid) returns boolean language sql stable security definer set search_path = '' as $$ select exists (select from public.staff m where m.store_id = s and m.user_id = auth.uid()) $$;
create function search_products(q text, max_rows int default 20) returns setof products language sql stable as $$ select * from public.products where title ilike '%' || q || '%' order by title limit max_rows $$;
create function reserve_stock(p_product uuid, p_warehouse text, p_qty int) returns boolean language plpgsql as $$ begin update public.stock_levels set reserved = reserved + p_qty where product_id = p_product and warehouse_code = p_warehouse and qty - reserved >= p_qty; return found; end $$;
create function my_orders() returns setof orders language sql stable as $$ select o.* from public.orders o order by o.id $$;
create function order_card(p_id bigint) returns jsonb language plpgsql stable as $$ declare r jsonb; begin select jsonb_build_object('number', o.number, 'total', o.total, 'status', o.status) into r from public.orders o where o.id = p_id; return r; end $$;
create function price_with_tax(p numeric, rate numeric) returns numeric language sql immutable as $$ select round(p * (1 + coalesce(rate, 0) / 100), 2) $$;
create function apply_stock_move() returns trigger language plpgsql security definer set search_path = '' as $$ begin
  insert into public.stock_levels (warehouse_code, product_id, qty) values (new.warehouse_code, new.product_id, greatest(new.delta, 0))
  on conflict (warehouse_code, product_id) do update set qty = greatest(public.stock_levels.qty + new.delta, 0); return new; end $$;
create function handle_new_user() returns trigger language plpgsql security definer set search_path = '' as $$ begin
  update public.customers set user_id = new.id where email operator(extensions.=) new.email::extensions.citext and user_id is null; return new; end $$;
create trigger on_auth_user_created after insert on auth.users for each row execute function handle_new_user();
create procedure requeue_jobs() language sql as $$ update public.jobs set status = 'pending', locked_by = null where status = 'stuck' $$;

insert into stores (id, name, slug, settings) values
 ('00000000-0000-4000-8000-0000000000aa', 'Acme', 'acme', '{"theme": "dark", "mail": {"smtp": "mail.acme.test", "from": "shop@acme.test"}}'),
 ('00000000-0000-4000-8000-0000000000bb', 'Globex', 'globex', '{}');
insert into staff values ('00000000-0000-4000-8000-0000000000aa', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'owner'), ('00000000-0000-4000-8000-0000000000bb', 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb', 'owner');
insert into customers (id, store_id, user_id, email, full_name, first_name, last_name, phone, note, loyalty_points, vat_id, locale)
 select i, case when i % 2 = 0 then '00000000-0000-4000-8000-0000000000aa' else '00000000-0000-4000-8000-0000000000bb' end::uuid, case when i = 2 then 'cccccccc-cccc-4ccc-8ccc-cccccccccccc'::uuid end,
   'C' || i || '@Mail.test', 'Cust ' || i || ' van X', 'Cust', 'van X', case when i % 3 = 0 then null else '+49 (30) 12345-' || i end, case when i % 4 = 0 then 'vip' end, i, case when i % 5 = 0 then 'DE' || i end, (array['en', 'de', 'fr'])[1 + i % 3] from generate_series(1, 60) i;
alter table customers alter column id restart with 1000;
insert into addresses (customer_id, street, zip, city) select i, 'Road ' || i, '101' || i, 'Berlin' from generate_series(1, 60) i;
insert into products (id, store_id, sku, title, description, price, weight_kg, tax_rate, status, attributes, barcode, position)
 select ('10000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, '00000000-0000-4000-8000-0000000000aa', 'SKU-' || i, 'iPad case ' || i, repeat('long ', 60) || i, i * 1.2345, i / 3.0, 19, (array['draft', 'active', 'retired'])[1 + i % 3]::product_status, jsonb_build_object('colour', 'red', 'legacy_id', i), case when i % 2 = 0 then '40' || i end, i from generate_series(1, 50) i;
insert into warehouses values ('BER', 'Berlin', 'DE', true), ('PAR', 'Paris', 'FR', true), ('OLD', 'Closed', 'DE', false);
insert into stock_levels select w, ('10000000-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid, i % 10, 0 from generate_series(1, 50) i, unnest(array['BER', 'PAR']) w;
insert into stock_moves (warehouse_code, product_id, delta, reason, ref, batch) select 'BER', ('10000000-0000-4000-8000-' || lpad((1 + i % 50)::text, 12, '0'))::uuid, -1, (array['sale', 'return', 'count'])[1 + i % 3], 'o' || i, 'b' || i / 100 from generate_series(1, 20000) i;
create trigger stock_moves_apply after insert on stock_moves for each row execute function apply_stock_move();
insert into orders (id, store_id, customer_id, number, status, total, currency, shipping, coupon_code, source, placed_at)
 select i, '00000000-0000-4000-8000-0000000000aa', 1 + i % 60, 'N' || i, (array['cart', 'placed', 'paid', 'shipped', 'cancelled'])[1 + i % 5]::order_status, i + 0.99, case when i % 4 = 0 then 'USD' else 'eur' end, '{"carrier": "dhl"}', case when i % 6 = 0 then 'WELCOME' end, 'web', timestamptz '2026-01-01 10:30+00' + i * interval '1 hour' from generate_series(1, 3000) i;
alter table orders alter column id restart with 10000;
insert into order_items (order_id, line, product_id, qty, unit_price) select i, 1, ('10000000-0000-4000-8000-' || lpad((1 + i % 50)::text, 12, '0'))::uuid, 1 + i % 3, 9.99 from generate_series(1, 3000) i;
insert into payments (order_id, provider, amount, state) select i, 'stripe', i, 'paid' from generate_series(1, 3000) i;
insert into coupons values ('WELCOME', null, 10, 3, '2026-12-31'), ('SPRING', '00000000-0000-4000-8000-0000000000aa', 20, 0, '2026-04-01');
insert into plans values ('basic', 'Basic', 900, 300, 'month'), ('plus', 'Plus', 1900, 700, 'month');
insert into subscriptions (customer_id, plan_code, state, quantity, renews_at, meta) select i, case when i % 2 = 0 then 'basic' else 'plus' end, 'active', 1, now() + interval '1 day', '{"seats": 3}' from generate_series(1, 20) i;
insert into tickets (store_id, customer_id, subject, priority, state, closed_at) select '00000000-0000-4000-8000-0000000000aa', 1 + i % 60, 'help ' || i, (array['low', 'normal', 'urgent'])[1 + i % 3]::ticket_priority, case when i % 2 = 0 then 'closed' else 'open' end, case when i % 2 = 0 then timestamptz '2023-05-01' end from generate_series(1, 100) i;
insert into ticket_messages (ticket_id, author, body, internal) select 1 + i % 100, 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa', 'message ' || i, i % 4 = 0 from generate_series(1, 2000) i;
insert into event_log (store_id, kind, data, at) select '00000000-0000-4000-8000-0000000000aa', 'view', '{}', timestamptz '2026-01-01' + i * interval '1 hour' from generate_series(1, 1300) i;
insert into sensor_readings select 'cold-1', timestamptz '2026-01-02' + i * interval '1 minute', 4 from generate_series(1, 100) i;
insert into sensor_readings select 'cold-1', timestamptz '2026-05-02' + i * interval '1 minute', 4 from generate_series(1, 5000) i;
insert into jobs (kind, status, run_at) select 'mail', (array['done', 'pending', 'failed'])[1 + i % 3], now() - interval '40 days' from generate_series(1, 30) i;
insert into webhook_endpoints (store_id, url, secret) values ('00000000-0000-4000-8000-0000000000aa', 'https://acme.test/hook', 'whsec_1'), ('00000000-0000-4000-8000-0000000000bb', 'https://globex.test/hook', 'whsec_2');
insert into rate_limits values ('ip:1', 3, now());
insert into tmp_import_2024 select i, 'x' from generate_series(1, 10) i; insert into tmp_import_2025 select i, 'y' from generate_series(1, 10) i;
insert into reporting_data.daily_sales values ('2026-01-01', '00000000-0000-4000-8000-0000000000aa', 100);

create view order_overview with (security_invoker = true) as select o.id, o.number, o.status, o.total, c.full_name as customer from orders o left join customers c on c.id = o.customer_id;
create view public_plans as select code, title, cents from plans;
create view stock_available with (security_invoker = true) as select product_id, sum(qty - reserved) as available from stock_levels group by product_id;
create materialized view sales_by_month as select store_id, date_trunc('month', placed_at) as month, count(*) as n, sum(total) as total from orders group by 1, 2;
create unique index sales_by_month_key on sales_by_month (store_id, month);

alter table stores enable row level security; alter table staff enable row level security; alter table customers enable row level security; alter table addresses enable row level security;
alter table products enable row level security; alter table stock_levels enable row level security; alter table stock_moves enable row level security; alter table orders enable row level security;
alter table order_items enable row level security; alter table plans enable row level security; alter table subscriptions enable row level security; alter table tickets enable row level security; alter table ticket_messages enable row level security; alter table event_log enable row level security; alter table coupons enable row level security;
create policy stores_read on stores for select to authenticated using (is_staff(id));
create policy staff_read on staff for select to authenticated using (is_staff(store_id));
create policy customers_staff on customers for all to authenticated using (is_staff(store_id)) with check (is_staff(store_id));
create policy customers_self on customers for select to authenticated using (user_id = auth.uid());
create policy customers_report on customers for select to reporting using (true);
create policy addresses_all on addresses for all to authenticated using (exists (select from customers c where c.id = customer_id and (c.user_id = auth.uid() or is_staff(c.store_id))));
create policy products_public on products for select using (status = 'active');
create policy products_staff on products for all to authenticated using (is_staff(store_id)) with check (is_staff(store_id));
create policy stock_levels_read on stock_levels for select to authenticated using (true);
create policy stock_moves_staff on stock_moves for all to authenticated using (true) with check (true);
create policy orders_staff on orders for all to authenticated using (is_staff(store_id)) with check (is_staff(store_id));
create policy orders_own on orders for select to authenticated using (customer_id in (select c.id from customers c where c.user_id = auth.uid()));
create policy orders_own_dup on orders for select to authenticated using (customer_id in (select c.id from customers c where c.user_id = auth.uid()));
create policy orders_report on orders for select to reporting using (true);
create policy order_items_read on order_items for select to authenticated using (exists (select from orders o where o.id = order_id));
create policy subscriptions_own on subscriptions for select to authenticated using (exists (select from customers c where c.id = customer_id and c.user_id = auth.uid()));
create policy tickets_staff on tickets for all to authenticated using (is_staff(store_id)) with check (is_staff(store_id));
create policy tickets_open on tickets for insert to authenticated with check (customer_id in (select c.id from customers c where c.user_id = auth.uid()));
create policy tickets_own on tickets for select to authenticated using (customer_id in (select c.id from customers c where c.user_id = auth.uid()));
create policy ticket_messages_read on ticket_messages for select to authenticated using (not internal and exists (select from tickets t where t.id = ticket_id));
create policy ticket_messages_staff on ticket_messages for all to authenticated using (exists (select from tickets t where t.id = ticket_id and is_staff(t.store_id)));
create policy event_log_staff on event_log for select to authenticated using (is_staff(store_id));
revoke all on payments, webhook_endpoints, jobs, rate_limits, plans, coupons, tmp_import_2024, tmp_import_2025, sensor_readings, sensor_readings_2026_01, sensor_readings_rest, event_log_2026_01, event_log_2026_02, warehouses from anon, authenticated;
revoke all on public_plans, sales_by_month, order_overview from anon, authenticated;
grant select on public_plans to anon, authenticated; grant select on order_overview to authenticated, reporting; grant select on warehouses to authenticated;
grant select on customers, orders, sales_by_month to reporting;
grant usage on schema public to reporting, app_server;
grant select, insert, update, delete on payments, webhook_endpoints, jobs, rate_limits, warehouses, coupons, sensor_readings, stock_moves, orders, tickets to app_server;
grant execute on function reserve_stock(uuid, text, int) to app_server;
grant usage on all sequences in schema public to app_server;
create policy coupons_server on coupons for all to app_server using (true) with check (true);
create policy stock_moves_server on stock_moves for all to app_server using (true) with check (true);
grant select, update on stock_levels to app_server;
create policy stock_levels_server on stock_levels for all to app_server using (true) with check (true);
create policy orders_server on orders for all to app_server using (true) with check (true);
create policy tickets_server on tickets for all to app_server using (true) with check (true);
alter publication supabase_realtime add table tickets, ticket_messages;

insert into storage.buckets (id, name, public) values ('product-images', 'product-images', true), ('ticket-files', 'ticket-files', false);
insert into storage.objects (bucket_id, name, owner_id) values ('product-images', 'a.png', 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa'), ('ticket-files', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc/x.pdf', 'cccccccc-cccc-4ccc-8ccc-cccccccccccc');
grant supabase_storage_admin to postgres;
create policy images_read on storage.objects for select using (bucket_id = 'product-images');
create policy ticket_files_own on storage.objects for all to authenticated using (bucket_id = 'ticket-files' and (storage.foldername(name))[1] = auth.uid()::text);

-- 3. the billing service (Prisma)
create type "InvoiceStatus" as enum ('DRAFT', 'SENT', 'PAID', 'VOID');
create table "Account" ("id" text not null, "email" text not null, "name" varchar(191), "taxId" text, "balance" integer not null default 0, "createdAt" timestamp(3) not null default current_timestamp, "updatedAt" timestamp(3) not null default current_timestamp, constraint "Account_pkey" primary key ("id"));
create unique index "Account_email_key" on "Account" ("email");
create table "Invoice" ("id" serial not null, "accountId" text not null, "reference" varchar(32) not null, "amount" decimal(10,2) not null, "status" "InvoiceStatus" not null default 'DRAFT', "memo" text, "dueAt" timestamp(3), constraint "Invoice_pkey" primary key ("id"));
alter table "Invoice" add constraint "Invoice_accountId_fkey" foreign key ("accountId") references "Account" ("id") on delete restrict on update cascade;
create table "InvoiceLine" ("id" text not null, "invoiceId" integer not null, "text" text not null, "cents" integer, constraint "InvoiceLine_pkey" primary key ("id"));
alter table "InvoiceLine" add constraint "InvoiceLine_invoiceId_fkey" foreign key ("invoiceId") references "Invoice" ("id") on delete restrict on update cascade;
insert into "Account" ("id", "email", "name", "taxId") values ('a1', 'a1@x.test', 'One', 'T1'), ('a2', 'a2@x.test', null, null), ('a3', 'a3@x.test', 'Three', null);
insert into "Invoice" ("accountId", "reference", "amount", "status", "memo") select 'a' || 1 + i % 2, 'INV-' || i, i + 0.5, (array['DRAFT', 'SENT', 'PAID', 'VOID'])[1 + i % 4]::"InvoiceStatus", 'memo ' || i from generate_series(1, 400) i;
insert into "Invoice" ("accountId", "reference", "amount") values ('a3', 'INV-9999', 5);
insert into "InvoiceLine" select 'l' || i, 1 + i % 400, 'line ' || i, i from generate_series(1, 3000) i;
revoke all on "Account", "Invoice", "InvoiceLine" from anon, authenticated;
grant select, insert, update, delete on "Account", "Invoice", "InvoiceLine" to app_server; grant usage on all sequences in schema public to app_server;

-- 4. the storefront (drizzle)
create type "cart_state" as enum ('open', 'ordered', 'abandoned');
create table "carts" ("id" serial primary key, "session_id" varchar(64) not null, "state" "cart_state" not null default 'open', "note" text, "created_at" timestamp not null default now());
create table "cart_lines" ("id" serial primary key, "cart_id" integer not null constraint "cart_lines_cart_id_carts_id_fk" references "carts" ("id"), "sku" varchar(64) not null, "qty" integer not null default 1, "gift_text" text);
create table "reviews" ("id" serial primary key, "product_sku" varchar(64) not null, "stars" integer not null, "body" text, "author" varchar(120), "created_at" timestamp with time zone default now());
insert into carts (session_id) select 's' || i from generate_series(1, 20) i;
insert into cart_lines (cart_id, sku, gift_text) select 1 + i % 20, 'SKU-' || i, 'for you' from generate_series(1, 40) i;
insert into reviews (product_sku, stars, body, author) select 'SKU-' || (1 + i % 50), 1 + i % 5, 'review ' || i, 'A' || i from generate_series(1, 200) i;
revoke all on carts, cart_lines, reviews from anon, authenticated;
grant select, insert, update, delete on carts, cart_lines, reviews to app_server; grant usage on all sequences in schema public to app_server;
