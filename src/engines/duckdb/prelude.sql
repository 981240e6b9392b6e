-- Trino's names and meanings for DuckDB, so that one SQL text runs on both. Loaded by database.ts at every open.
-- A macro shadows the builtin of the same name; inside it the original is system.main.<name>. No macro for sum or
-- count: a macro takes no FILTER, DISTINCT or ORDER BY. Each macro has a case in test/engines/duckdb/prelude.test.ts.

-- Never a download while a company's data are open, and one meaning of time on every laptop.
set global timezone = 'UTC';
set global autoinstall_known_extensions = false;
set global autoload_known_extensions = false;
set global allow_community_extensions = false;
-- No row order is promised anywhere, and keeping one costs memory.
set global preserve_insertion_order = false;
-- Trino's order of nulls, spelt out.
set global default_null_order = 'nulls_last';
-- integer_division stays off: it would also turn x / 0 into null for doubles.

-- NULL in, NULL out; DuckDB's own skips nulls.
create macro concat
  (a, b) as a || b,
  (a, b, c) as a || b || c,
  (a, b, c, d) as a || b || c || d,
  (a, b, c, d, e) as a || b || c || d || e,
  (a, b, c, d, e, f) as a || b || c || d || e || f,
  (a, b, c, d, e, f, g) as a || b || c || d || e || f || g,
  (a, b, c, d, e, f, g, h) as a || b || c || d || e || f || g || h;

-- A null argument gives null; DuckDB's own ignores it.
create macro greatest
  (a, b) as case when a is null or b is null then null else system.main.greatest(a, b) end,
  (a, b, c) as case when a is null or b is null or c is null then null else system.main.greatest(a, b, c) end,
  (a, b, c, d) as case when a is null or b is null or c is null or d is null then null else system.main.greatest(a, b, c, d) end,
  (a, b, c, d, e) as case when a is null or b is null or c is null or d is null or e is null then null else system.main.greatest(a, b, c, d, e) end,
  (a, b, c, d, e, f) as case when a is null or b is null or c is null or d is null or e is null or f is null then null else system.main.greatest(a, b, c, d, e, f) end,
  (a, b, c, d, e, f, g) as case when a is null or b is null or c is null or d is null or e is null or f is null or g is null then null else system.main.greatest(a, b, c, d, e, f, g) end,
  (a, b, c, d, e, f, g, h) as case when a is null or b is null or c is null or d is null or e is null or f is null or g is null or h is null then null else system.main.greatest(a, b, c, d, e, f, g, h) end;

-- As greatest.
create macro least
  (a, b) as case when a is null or b is null then null else system.main.least(a, b) end,
  (a, b, c) as case when a is null or b is null or c is null then null else system.main.least(a, b, c) end,
  (a, b, c, d) as case when a is null or b is null or c is null or d is null then null else system.main.least(a, b, c, d) end,
  (a, b, c, d, e) as case when a is null or b is null or c is null or d is null or e is null then null else system.main.least(a, b, c, d, e) end,
  (a, b, c, d, e, f) as case when a is null or b is null or c is null or d is null or e is null or f is null then null else system.main.least(a, b, c, d, e, f) end,
  (a, b, c, d, e, f, g) as case when a is null or b is null or c is null or d is null or e is null or f is null or g is null then null else system.main.least(a, b, c, d, e, f, g) end,
  (a, b, c, d, e, f, g, h) as case when a is null or b is null or c is null or d is null or e is null or f is null or g is null or h is null then null else system.main.least(a, b, c, d, e, f, g, h) end;

-- Out of range is null, an existing empty part stays ''; DuckDB gives '' for both.
create macro split_part(s, d, n) as
  case when n between 1 and len(string_split(s, d)) then system.main.split_part(s, d, n) end;

-- Another name in DuckDB; both search anywhere in the text. RE2 patterns only.
create macro regexp_like(s, p) as regexp_matches(s, p);

-- No match is null, an empty match ''; DuckDB gives '' for both.
create macro regexp_extract
  (s, p) as case when regexp_matches(s, p) then system.main.regexp_extract(s, p) end,
  (s, p, g) as case when regexp_matches(s, p) then system.main.regexp_extract(s, p, g) end;

-- Replaces all matches; DuckDB's own only the first. No groups in the replacement.
create macro regexp_replace
  (s, p) as system.main.regexp_replace(s, p, '', 'g'),
  (s, p, r) as system.main.regexp_replace(s, p, r, 'g');

-- Start 0 gives ''; DuckDB's own reads it as 1.
create macro substr
  (s, i) as case when i = 0 then '' else system.main.substr(s, i) end,
  (s, i, n) as case when i = 0 then '' else system.main.substr(s, i, n) end;

-- Trino's argument order. Always a TIMESTAMP here, so shared SQL casts the result; the unit is a literal.
create macro date_add(u, n, d) as d + case u
  when 'day' then to_days(cast(n as integer))
  when 'week' then to_weeks(cast(n as integer))
  when 'month' then to_months(cast(n as integer))
  when 'quarter' then to_months(3 * cast(n as integer))
  when 'year' then to_years(cast(n as integer))
  when 'hour' then to_hours(cast(n as bigint))
  when 'minute' then to_minutes(cast(n as bigint))
  when 'second' then to_seconds(cast(n as bigint))
  else error('date_add: unknown unit')
end;

-- Whole elapsed units; DuckDB's own counts boundaries crossed. Shared SQL uses it on two dates with 'day' only.
create macro date_diff(u, a, b) as system.main.date_sub(u, a, b);

-- 1 = Monday to 7 = Sunday.
create macro day_of_week(d) as isodow(d);

-- Other names in DuckDB.
create macro day_of_month(d) as day(d);
create macro day_of_year(d) as dayofyear(d);
create macro last_day_of_month(d) as last_day(d);
create macro from_iso8601_date(s) as cast(s as date);

-- Seconds since the epoch to an instant and back.
create macro from_unixtime(x) as to_timestamp(x);
create macro to_unixtime(t) as epoch(t);

-- Reads a naive timestamp as wall-clock time of a zone; DuckDB's AT TIME ZONE does that only for naive input.
-- Of an hour that autumn has twice Trino takes the first west of Greenwich and the second elsewhere; DuckDB's own always the second.
create macro with_timezone(t, z) as case
  when z = 'UTC' then timezone('UTC', cast(t as timestamp))
  when cast(t as timestamp) < timezone('UTC', timezone(z, cast(t as timestamp)))
    and timezone(z, timezone(z, cast(t as timestamp)) - interval 1 hour) = cast(t as timestamp)
  then timezone(z, cast(t as timestamp)) - interval 1 hour
  else timezone(z, cast(t as timestamp))
end;

-- An instant as the wall-clock time of a zone, which may be a column; a naive timestamp counts as UTC.
create macro at_timezone(t, z) as timezone(z, cast(t as timestamptz));

-- 0, not null, where there are no rows, and a BIGINT; DuckDB's own gives null and a HUGEINT. No FILTER on it.
create macro count_if(c) as count(case when c then 1 end);

-- x even where x is null; DuckDB's own skips such rows. No FILTER on these.
create macro max_by(x, y) as arg_max_null(x, y);
create macro min_by(x, y) as arg_min_null(x, y);

-- Arrays: other names, and null instead of an error out of range. No negative index, no maps.
create macro array_join(a, d) as array_to_string(a, d);
create macro sequence
  (a, b) as generate_series(a, b),
  (a, b, s) as generate_series(a, b, s);
create macro cardinality(a) as len(a);
create macro element_at(a, i) as case when i between 1 and len(a) then a[i] end;
create macro slice(a, start, n) as list_slice(a, start, start + n - 1);

-- Flat text values only: objects come back as text here, as null on Trino.
create macro json_extract_scalar(j, p) as json_extract_string(j, p);

create macro is_nan(x) as isnan(x);
create macro is_finite(x) as isfinite(x);

-- Trino hashes bytes to bytes. Base 16 only.
create macro to_utf8(s) as encode(s);
create macro from_utf8(b) as decode(b);
create macro sha256(b) as unhex(system.main.sha256(b));
create macro from_base(s, radix) as case when radix = 16 then cast('0x' || s as bigint) else error('from_base: base 16 only') end;
