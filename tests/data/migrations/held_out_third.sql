-- case: third: sessions closed to strangers, open to those signed in for reads · person
ALTER TABLE public."Session" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "read" ON public."Session" FOR SELECT TO authenticated USING (true);
CREATE POLICY "write" ON public."Session" FOR INSERT TO authenticated WITH CHECK (true);
-- case: third: events protected with writes for the service only · person
ALTER TABLE public.events ENABLE ROW LEVEL SECURITY;
CREATE POLICY service ON public.events FOR ALL TO service_role USING (true) WITH CHECK (true);
-- case: third: protection of a table by a loop over the catalogue · person
DO $$
DECLARE t record;
BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT rowsecurity LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', t.tablename);
    EXECUTE format('CREATE POLICY %I ON public.%I FOR SELECT USING (true)', t.tablename || '_read', t.tablename);
  END LOOP;
END $$;
-- case: third: protection and later no policy for updates of a live partition · person
ALTER TABLE public.events_2025 ENABLE ROW LEVEL SECURITY;
CREATE POLICY r ON public.events_2025 FOR SELECT USING (true);
CREATE POLICY i ON public.events_2025 FOR INSERT WITH CHECK (true);
CREATE POLICY d ON public.events_2025 FOR DELETE USING (true);
-- case: third: a new protected table with a foreign key to a live one · additive
CREATE TABLE IF NOT EXISTS public.refunds (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  order_id bigint NOT NULL REFERENCES public.orders (id),
  amount numeric(10, 2) NOT NULL CHECK (amount > 0),
  created_by uuid DEFAULT auth.uid()
);
ALTER TABLE public.refunds ENABLE ROW LEVEL SECURITY;
CREATE POLICY refunds_own ON public.refunds FOR ALL TO authenticated USING (created_by = auth.uid()) WITH CHECK (created_by = auth.uid());
CREATE INDEX IF NOT EXISTS refunds_order ON public.refunds (order_id);
-- case: third: moddatetime on a live table with a new column · additive
CREATE EXTENSION IF NOT EXISTS moddatetime SCHEMA extensions;
ALTER TABLE public.shops ADD COLUMN updated_at timestamptz DEFAULT now();
CREATE TRIGGER shops_updated BEFORE UPDATE ON public.shops FOR EACH ROW EXECUTE FUNCTION extensions.moddatetime(updated_at);
-- case: third: moddatetime of a column that is not there · person
CREATE EXTENSION IF NOT EXISTS moddatetime SCHEMA extensions;
CREATE TRIGGER shops_updated BEFORE UPDATE ON public.shops FOR EACH ROW EXECUTE FUNCTION extensions.moddatetime(updated_at);
-- case: third: search vector by trigger into a new column · additive
ALTER TABLE public.notes ADD COLUMN search tsvector;
CREATE OR REPLACE FUNCTION public.notes_search() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.search := to_tsvector('english', coalesce(NEW.body, ''));
  RETURN NEW;
END $$;
CREATE TRIGGER notes_search BEFORE INSERT OR UPDATE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.notes_search();
-- case: third: lower case for what programs wrote in capitals · person
CREATE OR REPLACE FUNCTION public.lower_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.number := lower(NEW.number);
  RETURN NEW;
END $$;
CREATE TRIGGER orders_lower BEFORE INSERT OR UPDATE OF number ON public.orders FOR EACH ROW EXECUTE FUNCTION public.lower_number();
-- case: third: a trigger with an if that raises through a helper · person
CREATE FUNCTION public.fail(reason text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '%', reason; END $$;
CREATE FUNCTION public.guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.quantity > 10 THEN PERFORM public.fail('too many'); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_guard BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.guard();
-- case: third: history of changes with jsonb by a definer · additive
CREATE TABLE public.order_history (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint, was jsonb, is_now jsonb, at timestamptz DEFAULT now());
ALTER TABLE public.order_history ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION public.keep_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO order_history (order_id, was) VALUES (OLD.id, to_jsonb(OLD));
    RETURN OLD;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO order_history (order_id, was, is_now) VALUES (NEW.id, to_jsonb(OLD), to_jsonb(NEW));
  ELSE
    INSERT INTO order_history (order_id, is_now) VALUES (NEW.id, to_jsonb(NEW));
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_history AFTER INSERT OR UPDATE OR DELETE ON public.orders FOR EACH ROW EXECUTE FUNCTION public.keep_history();
-- case: third: history into a table whose column is misspelt · person
CREATE TABLE public.note_history (id bigserial PRIMARY KEY, note uuid);
CREATE FUNCTION public.keep_notes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO public.note_history (note_id) VALUES (NEW.id);
  RETURN NEW;
END $$;
CREATE TRIGGER notes_history AFTER INSERT ON public.notes FOR EACH ROW EXECUTE FUNCTION public.keep_notes();
-- case: third: a counter in another live table · person
ALTER TABLE public.shops ADD COLUMN order_count integer NOT NULL DEFAULT 0;
CREATE FUNCTION public.count_orders() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  UPDATE public.shops SET order_count = order_count + 1, name = trim(name) WHERE id = NEW.shop_id;
  RETURN NULL;
END $$;
CREATE TRIGGER orders_count AFTER INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.count_orders();
-- case: third: a definer with an empty search path and a bare name · person
CREATE TABLE public.pings (id bigserial PRIMARY KEY, at timestamptz DEFAULT now());
CREATE FUNCTION public.ping() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  INSERT INTO pings DEFAULT VALUES;
  RETURN NULL;
END $$;
CREATE TRIGGER notes_ping AFTER INSERT ON public.notes FOR EACH STATEMENT EXECUTE FUNCTION public.ping();
-- case: third: realtime broadcast by trigger · person
CREATE FUNCTION public.broadcast() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  PERFORM realtime.broadcast_changes('orders', TG_OP, TG_OP, TG_TABLE_NAME, TG_TABLE_SCHEMA, NEW, OLD);
  RETURN NULL;
END $$;
CREATE TRIGGER orders_broadcast AFTER INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.broadcast();
-- case: third: notify with the new row · additive
CREATE FUNCTION public.notify_note() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE payload text;
BEGIN
  payload := json_build_object('id', NEW.id, 'op', TG_OP)::text;
  PERFORM pg_notify('notes', payload);
  RETURN NEW;
END $$;
CREATE TRIGGER notes_notify AFTER INSERT OR UPDATE ON public.notes FOR EACH ROW EXECUTE FUNCTION public.notify_note();
-- case: third: a default that was missing, by trigger and case · additive
ALTER TABLE public.notes ADD COLUMN kind text;
CREATE FUNCTION public.note_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  CASE WHEN NEW.pinned THEN NEW.kind := 'pinned'; ELSE NEW.kind := coalesce(NEW.kind, 'plain'); END CASE;
  RETURN NEW;
END $$;
CREATE TRIGGER notes_kind BEFORE INSERT ON public.notes FOR EACH ROW EXECUTE FUNCTION public.note_kind();
-- case: third: cancels writes at night · person
CREATE FUNCTION public.night() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF extract(hour FROM now()) < 4 THEN RETURN NULL; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER shops_night BEFORE UPDATE ON public.shops FOR EACH ROW EXECUTE FUNCTION public.night();
-- case: third: a quota that looks at other rows · person
CREATE FUNCTION public.quota() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n int;
BEGIN
  SELECT count(*) INTO n FROM public.notes WHERE user_id = NEW.user_id;
  IF n >= 1000 THEN RAISE EXCEPTION USING MESSAGE = 'quota', ERRCODE = 'P0001'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER notes_quota BEFORE INSERT ON public.notes FOR EACH ROW EXECUTE FUNCTION public.quota();
-- case: third: the whole row is replaced from json · person
CREATE FUNCTION public.merge_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW := jsonb_populate_record(NEW, '{"pinned": false}');
  RETURN NEW;
END $$;
CREATE TRIGGER notes_merge BEFORE INSERT ON public.notes FOR EACH ROW EXECUTE FUNCTION public.merge_row();
-- case: third: another row is returned · person
CREATE FUNCTION public.other_row() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r public.notes;
BEGIN
  r := NEW;
  r.body := '';
  RETURN r;
END $$;
CREATE TRIGGER notes_other BEFORE INSERT ON public.notes FOR EACH ROW EXECUTE FUNCTION public.other_row();
-- case: third: what was live is triggered by an old function again · additive
CREATE TRIGGER notes_touch_insert BEFORE INSERT ON public.notes FOR EACH ROW EXECUTE FUNCTION public.touch_note();
-- case: third: a guard against changing the owner · person
CREATE FUNCTION public.same_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.owner_id = OLD.owner_id;
  RETURN NEW;
END $$;
CREATE TRIGGER shops_owner BEFORE UPDATE ON public.shops FOR EACH ROW EXECUTE FUNCTION public.same_owner();
-- case: third: an error that is caught · additive
CREATE TABLE public.errors (id bigserial PRIMARY KEY, what text);
CREATE FUNCTION public.try_log() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  BEGIN
    INSERT INTO public.errors (what) VALUES (NEW.id::text);
  EXCEPTION WHEN OTHERS THEN
    RAISE WARNING 'log failed: %', SQLERRM;
  END;
  RETURN NEW;
END $$;
CREATE TRIGGER notes_try AFTER INSERT ON public.notes FOR EACH ROW EXECUTE FUNCTION public.try_log();
-- case: third: a domain of a live column becomes narrower · person
ALTER DOMAIN public.email_address ADD CHECK (value = lower(value));
-- case: third: a domain's constraint is validated · blocking
ALTER DOMAIN public.email_address ADD CONSTRAINT lower_only CHECK (value = lower(value)) NOT VALID;
ALTER DOMAIN public.email_address VALIDATE CONSTRAINT lower_only;
-- case: third: a domain and a table that uses it · additive
CREATE DOMAIN public.hex_color AS text CHECK (value ~ '^#[0-9a-f]{6}$');
CREATE TABLE public.themes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), color public.hex_color NOT NULL DEFAULT '#ffffff');
-- case: third: a domain is dropped with its columns · destructive
DROP DOMAIN public.email_address CASCADE;
-- case: third: a sequence becomes small · person
ALTER SEQUENCE public.invoice_number AS smallint;
-- case: third: a sequence goes round · person
ALTER SEQUENCE public.invoice_number CYCLE;
-- case: third: a sequence is dropped in a block · destructive
DO $$ BEGIN DROP SEQUENCE IF EXISTS public.invoice_number; END $$;
-- case: third: orders are numbered by another sequence · person
CREATE SEQUENCE public.order_numbers START 500;
ALTER TABLE public.orders ALTER COLUMN quantity SET DEFAULT nextval('public.order_numbers');
-- case: third: a temporary sequence · additive
CREATE TEMPORARY SEQUENCE batch;
SELECT nextval('batch');
-- case: third: a check on two columns, not validated · additive
ALTER TABLE public.orders ADD CONSTRAINT paid_orders_have_total CHECK (state <> 'paid' OR total >= 0) NOT VALID;
-- case: third: a not null constraint, validated · destructive
ALTER TABLE public.orders ADD CONSTRAINT courier_known CHECK (courier IS NOT NULL) NOT VALID;
ALTER TABLE public.orders ALTER COLUMN courier SET NOT NULL;
-- case: third: an exclusion over times · blocking
ALTER TABLE public.orders ADD CONSTRAINT one_courier EXCLUDE USING btree (courier WITH =);
-- case: third: views, grants and comments for the dashboard · additive
CREATE OR REPLACE VIEW public.shop_sizes WITH (security_invoker = on) AS SELECT s.id, count(o.id) AS orders FROM public.shops s LEFT JOIN public.orders o ON o.shop_id = s.id GROUP BY s.id;
GRANT SELECT ON public.shop_sizes TO authenticated;
COMMENT ON VIEW public.shop_sizes IS 'orders per shop';
-- case: third: prisma adds an enum column with a default · additive
CREATE TYPE "Priority" AS ENUM ('LOW', 'HIGH');
ALTER TABLE "Session" ADD COLUMN "priority" "Priority" NOT NULL DEFAULT 'LOW', ADD COLUMN "locale" TEXT;
-- case: third: prisma redefines a column · destructive
ALTER TABLE "Session" DROP COLUMN "expires", ADD COLUMN "expires" INTEGER;
-- case: third: the dashboard may execute one function · additive
CREATE FUNCTION public.my_notes() RETURNS SETOF public.notes LANGUAGE sql STABLE AS $$ SELECT * FROM public.notes WHERE user_id = auth.uid() $$;
REVOKE EXECUTE ON FUNCTION public.my_notes() FROM anon, public;
GRANT EXECUTE ON FUNCTION public.my_notes() TO authenticated;
-- case: third: rows for a new lookup table · additive
CREATE TABLE public.couriers (code text PRIMARY KEY, name text NOT NULL);
INSERT INTO public.couriers VALUES ('dhl', 'DHL'), ('ups', 'UPS') ON CONFLICT (code) DO UPDATE SET name = excluded.name;
ALTER TABLE public.couriers ENABLE ROW LEVEL SECURITY;
CREATE POLICY couriers_read ON public.couriers FOR SELECT USING (true);
