-- What brings a used test database back to the state of the template: made once, in the template.
CREATE SCHEMA pristine;

CREATE TABLE pristine.sequence_state AS
SELECT schemaname, sequencename, start_value, last_value FROM pg_sequences;

CREATE FUNCTION pristine.tables() RETURNS TABLE (relation regclass, copy text)
LANGUAGE sql STABLE AS $$
    SELECT c.oid::regclass, n.nspname || '.' || c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND n.nspname NOT IN ('pristine', 'pg_catalog', 'information_schema', 'pg_toast')
$$;

DO $$
DECLARE t record; filled boolean;
BEGIN
    FOR t IN SELECT * FROM pristine.tables() LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', t.relation) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE pristine.%I AS TABLE %s', t.copy, t.relation);
        END IF;
    END LOOP;
END $$;

-- A digest of every definition; data, TRUNCATE and ANALYZE leave it as it is.
CREATE FUNCTION pristine.definitions() RETURNS text
LANGUAGE sql STABLE AS $$
    WITH own AS (
        SELECT c.* FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname NOT IN ('pristine', 'pg_catalog', 'information_schema', 'pg_toast')
    ), facts AS (
        SELECT concat_ws(' ', oid, relname, relkind, relowner, relacl, relnatts, relchecks,
                         relhastriggers, relrowsecurity, relforcerowsecurity, reloptions) AS fact FROM own
        UNION ALL SELECT concat_ws(' ', 'a', attrelid, attname, atttypid, attnotnull, xmin) FROM pg_attribute
            WHERE attrelid IN (SELECT oid FROM own)
        UNION ALL SELECT concat_ws(' ', 'c', oid, xmin) FROM pg_constraint
        UNION ALL SELECT concat_ws(' ', 't', oid, tgenabled, xmin) FROM pg_trigger
        UNION ALL SELECT concat_ws(' ', 'p', oid, xmin) FROM pg_policy
        UNION ALL SELECT concat_ws(' ', 'f', oid, xmin) FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT concat_ws(' ', 'n', oid, xmin) FROM pg_namespace
        UNION ALL SELECT concat_ws(' ', 'd', oid, xmin) FROM pg_attrdef
    )
    SELECT md5(string_agg(fact, E'\n' ORDER BY fact)) FROM facts
$$;

CREATE FUNCTION pristine.columns(relation regclass) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
    WHERE attrelid = relation AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
$$;

-- Empty what a test filled and fill again what the migrations had filled; without foreign keys,
-- DELETE is an order of magnitude quicker than TRUNCATE for the few rows of a test.
CREATE FUNCTION pristine.reset() RETURNS void
LANGUAGE plpgsql AS $$
DECLARE t record; s record; changed boolean; large text[] := '{}';
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR t IN SELECT relation, copy, to_regclass(format('pristine.%I', copy)) AS kept FROM pristine.tables()
    LOOP
        IF t.kept IS NULL THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', t.relation) INTO changed;
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT o::text FROM %1$s o EXCEPT ALL SELECT k::text FROM %2$s k)'
                           ' OR (SELECT count(*) FROM %1$s) <> (SELECT count(*) FROM %2$s)', t.relation, t.kept)
            INTO changed;
        END IF;
        IF changed AND pg_relation_size(t.relation) > 1000000 THEN
            large := large || t.relation::text;
        ELSIF changed THEN
            EXECUTE format('DELETE FROM %s', t.relation);
        END IF;
    END LOOP;
    IF large <> '{}' THEN
        EXECUTE 'TRUNCATE ' || array_to_string(large, ', ') || ' CASCADE';
    END IF;
    FOR t IN SELECT relation, copy, to_regclass(format('pristine.%I', copy)) AS kept FROM pristine.tables()
    LOOP
        CONTINUE WHEN t.kept IS NULL;
        EXECUTE format('SELECT NOT EXISTS (SELECT FROM %s)', t.relation) INTO changed;
        IF changed THEN
            EXECUTE format('INSERT INTO %1$s (%3$s) OVERRIDING SYSTEM VALUE SELECT %3$s FROM %2$s',
                           t.relation, t.kept, pristine.columns(t.relation));
        END IF;
    END LOOP;
    FOR s IN SELECT now.*, was.last_value AS first_value FROM pg_sequences now
             JOIN pristine.sequence_state was USING (schemaname, sequencename)
             WHERE now.last_value IS DISTINCT FROM was.last_value
    LOOP
        PERFORM setval(format('%I.%I', s.schemaname, s.sequencename)::regclass,
                       coalesce(s.first_value, s.start_value), s.first_value IS NOT NULL);
    END LOOP;
END $$;

CREATE TABLE pristine.digest AS SELECT pristine.definitions() AS definitions;
