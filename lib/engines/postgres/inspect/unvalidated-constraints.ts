/**
 * Constraints that are not validated, in SQL; extensions' own are made by the extension and not by a restore. The alias is
 * `c`.
 */
export const unvalidatedConstraints = `pg_constraint c WHERE NOT c.convalidated AND c.contype IN ('c', 'f')
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'e'
                    AND ((d.classid = 'pg_class'::regclass AND d.objid = c.conrelid)
                      OR (d.classid = 'pg_type'::regclass AND d.objid = c.contypid)))`
