-- Sample rows for two owners in every table. The first one is the shop whose dashboard is served.
create temporary table owner on commit drop as
select * from (values (1, '5a0c5c2e-7f0b-4c57-9d5e-0b1f6f3f1a01'::uuid),
                      (2, '5a0c5c2e-7f0b-4c57-9d5e-0b1f6f3f1a02'::uuid)) as owners (place, id);

insert into approvals (user_id, kind, customer, summary, created_at)
select id, kind, customer, summary, now() - age
from owner, (values
    ('cx-reply', 'Dana Whitfield', 'Reply about a late parcel, with a 10 % voucher', interval '9 minutes'),
    ('inventory', 'Supplier Northline', 'Reorder 48 camping stoves before Friday', interval '26 minutes'),
    ('content', 'Spring campaign', 'New title and description for the tents page', interval '41 minutes'),
    ('cx-reply', 'Omar Castellanos', 'Refund for a damaged lantern, photo attached', interval '58 minutes')
) as sample (kind, customer, summary, age);

insert into approvals_history (user_id, approval_id, action, customer, summary, created_at)
select user_id, id, 'requested', customer, summary, created_at from approvals;

-- Decisions of the last four weeks, on approvals that are archived.
insert into approvals_history (user_id, approval_id, action, note, customer, summary, created_at)
select id, gen_random_uuid(),
       (array['approved', 'approved', 'rejected', 'approved', 'changes_requested'])[1 + n % 5],
       (array[null, null, 'The price is not ours, "as seen" elsewhere', null, 'Shorter, please'])[1 + n % 5],
       (array['Priya Raman', 'Lena Fischer', 'Supplier Northline', 'Autumn campaign'])[1 + n % 4],
       (array['Reply with the size table, and a link', 'Invoice sent again', 'Reorder 24 mats', 'Banner for lanterns'])[1 + n % 4],
       now() - n * interval '27 hours'
from owner, generate_series(1, 24) as n;

insert into agent_runs (user_id, agent, day, drafts, approved)
select id, agent, current_date - n, 3 + (n * n + pace * n) % 11, (3 + (n * n + pace * n) % 11) * share / 100
from owner, generate_series(0, 29) as n,
    (values ('CX replies', 7, 88), ('Inventory', 5, 74), ('Content', 4, 61), ('Ads', 2, 47)) as agents (agent, pace, share);

insert into orders (user_id, number, customer, sku, total_cents, fulfilled, created_at)
select id, 'HD-' || (1000 + n), 'Customer ' || n, (array['TENT-2', 'LAMP-9', 'STOVE-1', 'MAT-4'])[1 + n % 4],
       4900 + (n * 2713) % 18000, n % 9 <> 0, now() - n * interval '3 hours'
from owner, generate_series(1, 54) as n;

insert into inventory_levels (user_id, sku, title, available, threshold)
select id, sku, title, available, threshold
from owner, (values
    ('TENT-2', 'Two-person tent', 41, 15), ('LAMP-9', 'Storm lantern', 64, 20), ('STOVE-1', 'Camping stove', 6, 12),
    ('MAT-4', 'Sleeping mat', 88, 25), ('FLASK-3', 'Steel flask', 9, 10), ('ROPE-7', 'Guy rope', 120, 30)
) as sample (sku, title, available, threshold);

insert into conversations (user_id, customer, subject, waiting_minutes, escalated)
select id, customer, subject, waiting, escalated
from owner, (values
    ('Dana Whitfield', 'Where is my parcel?', 34, true), ('Omar Castellanos', 'Lantern arrived damaged', 52, true),
    ('Priya Raman', 'Does the tent fit two mats?', 12, false), ('Lena Fischer', 'Invoice with VAT number', 7, false)
) as sample (customer, subject, waiting, escalated);

insert into seo_pages (user_id, path, sessions, change_percent)
select id, path, sessions, change
from owner, (values ('/tents', 1840, 6.2), ('/stoves', 930, 2.4), ('/lanterns', 611, 11.8), ('/guides/first-trip', 402, 0.9))
    as sample (path, sessions, change);

insert into ideas (user_id, title, status)
select id, title, status
from owner, (values ('Bundle a stove with a flask', 'pending'), ('Winter guide for beginners', 'pending'),
                    ('Repair service for tents', 'accepted')) as sample (title, status);

insert into sales_pulse_actions (user_id, action, notes) select id, 'noted', 'Weekend campaign works' from owner;
insert into inventory_actions (user_id, sku, quantity) select id, 'STOVE-1', 48 from owner;
insert into escalation_grades (user_id, conversation, tone, accuracy, policy, notes)
select id, 'Where is my parcel?', 5, 4, 5, 'Sent with the tracking link' from owner;
insert into notifications (user_id, kind, message) select id, 'queue', 'Four approvals wait for you' from owner;
insert into notification_preferences (user_id) select id from owner;
insert into user_preferences (user_id, onboarded_at) select id, now() - interval '30 days' from owner;

-- Ids of events never go back, also when the tables are made anew under clients that remember the last one they saw.
select setval(pg_get_serial_sequence('approval_events', 'id'), (extract(epoch from clock_timestamp()) * 1000)::bigint);
-- Clients that stay connected meanwhile hear of it, so it says what the queue says.
insert into approval_events (user_id, action, approval, machine)
select user_id, 'created', to_jsonb(approvals) - 'user_id', 'seed'
from approvals where status = 'pending' order by created_at desc limit 1;
