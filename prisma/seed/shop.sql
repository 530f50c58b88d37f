-- A small shop with a bit of everything that a backup has to carry: `npm start -- --demo` makes it.
CREATE SCHEMA sales;
CREATE SCHEMA stock;

CREATE TYPE sales.order_state AS ENUM ('placed', 'paid', 'sent', 'returned');
CREATE DOMAIN sales.email AS text CHECK (VALUE ~ '^[^@\s]+@[^@\s]+$');
CREATE TYPE stock.size AS (width_mm integer, height_mm integer, depth_mm integer);

CREATE SEQUENCE sales.invoice_number START 10000;

CREATE TABLE sales.customer (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  email sales.email NOT NULL UNIQUE,
  preferences jsonb NOT NULL DEFAULT '{}',
  joined_at timestamptz NOT NULL
);
CREATE TABLE stock.product (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  price_cents integer NOT NULL CHECK (price_cents > 0),
  box stock.size,
  tags text[] NOT NULL DEFAULT '{}',
  picture oid,
  search tsvector GENERATED ALWAYS AS (to_tsvector('simple', name)) STORED
);
CREATE INDEX product_search ON stock.product USING gin (search);

CREATE TABLE sales."order" (
  id bigint GENERATED ALWAYS AS IDENTITY,
  customer_id bigint NOT NULL REFERENCES sales.customer,
  state sales.order_state NOT NULL,
  invoice bigint NOT NULL DEFAULT nextval('sales.invoice_number'),
  placed_on date NOT NULL,
  PRIMARY KEY (id, placed_on)
) PARTITION BY RANGE (placed_on);
CREATE TABLE sales.order_2025 PARTITION OF sales."order" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE sales.order_2026 PARTITION OF sales."order" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE sales.order_other PARTITION OF sales."order" DEFAULT;

CREATE TABLE sales.order_line (
  order_id bigint NOT NULL,
  placed_on date NOT NULL,
  product_id integer NOT NULL REFERENCES stock.product,
  quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 99),
  PRIMARY KEY (order_id, placed_on, product_id),
  FOREIGN KEY (order_id, placed_on) REFERENCES sales."order" ON DELETE CASCADE
);

INSERT INTO sales.customer (name, email, preferences, joined_at)
SELECT 'Customer ' || n, 'customer' || n || '@example.com', jsonb_build_object('newsletter', n % 3 = 0, 'language', (ARRAY['en', 'de', 'el'])[1 + n % 3]),
       timestamptz '2025-01-01' + n * interval '7 hours'
FROM generate_series(1, 2000) AS n;
INSERT INTO stock.product (name, price_cents, box, tags, picture)
SELECT 'Product ' || n || ' – “ü”', 100 + (n * 37) % 9000, ROW(n, n + 1, n + 2)::stock.size, ARRAY['tag' || n % 7, 'tag' || n % 11],
       CASE WHEN n = 1 THEN lo_from_bytea(0, decode(repeat('89504e47', 2000), 'hex')) END
FROM generate_series(1, 300) AS n;
INSERT INTO sales."order" (customer_id, state, placed_on)
SELECT 1 + n % 2000, (ARRAY['placed', 'paid', 'sent', 'returned'])[1 + n % 4]::sales.order_state, date '2025-01-01' + n % 690
FROM generate_series(1, 12000) AS n;
INSERT INTO sales.order_line (order_id, placed_on, product_id, quantity)
SELECT o.id, o.placed_on, 1 + (o.id * k)::integer % 300, 1 + (o.id + k) % 9
FROM sales."order" AS o, generate_series(1, 3) AS k ON CONFLICT DO NOTHING;

CREATE FUNCTION sales.order_total(wanted bigint) RETURNS bigint LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT coalesce(sum(l.quantity * p.price_cents), 0) FROM sales.order_line l JOIN stock.product p ON p.id = l.product_id WHERE l.order_id = wanted;
END;
CREATE FUNCTION sales.protect_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.invoice <> OLD.invoice THEN RAISE EXCEPTION 'an invoice number never changes'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER protect_invoice BEFORE UPDATE ON sales."order" FOR EACH ROW EXECUTE FUNCTION sales.protect_invoice();

CREATE VIEW sales.open_order AS SELECT * FROM sales."order" WHERE state IN ('placed', 'paid');
CREATE MATERIALIZED VIEW sales.revenue_by_month AS
SELECT date_trunc('month', l.placed_on)::date AS month, sum(l.quantity * p.price_cents) AS cents
FROM sales.order_line l JOIN stock.product p ON p.id = l.product_id GROUP BY 1;
CREATE UNIQUE INDEX revenue_month ON sales.revenue_by_month (month);
COMMENT ON TABLE sales.customer IS 'Sample data; nobody in here exists.';
