// Casbin for Node. A clause is a row, a list in a cell is a set; one call asks about one part, under
// the effect "some allow and no deny". Casbin has no obligations: they are not compared (README.md).
import { newEnforcer, newModelFromString } from 'casbin';
import { conditionsOf, measureInProcess, readWork, report } from './clauses.mjs';

const FIELDS = ['agreement', 'agency', 'agency_type', 'region', 'unit', 'custodian', 'custodian_type',
  'custodian_region', 'custodian_unit', 'role', 'purpose', 'basis', 'special', 'gateway'];

const MODEL = `
[request_definition]
r = q, part
[policy_definition]
p = parts, ${FIELDS.join(', ')}, flags, max_age, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = has(p.parts, r.part) && ${FIELDS.map((field) => `has(p.${field}, r.q.${field})`).join(' && ')} && holds(p.flags, r.q) && younger(p.max_age, r.q.age)
`;

function rowOf(clause) {
  const conditions = conditionsOf(clause);
  const cell = (field) => conditions.find((one) => one.field === field && one.is)?.is.join('|') ?? '*';
  const flags = conditions.filter((one) => one.holds).map((one) => one.field).join('|') || '*';
  const age = conditions.find((one) => 'at_most' in one)?.at_most ?? '*';
  return [clause.parts.join('|'), ...FIELDS.map(cell), flags, String(age),
    clause.effect === 'PERMIT' ? 'allow' : 'deny'];
}

const sets = new Map();
function setOf(cell) {
  let set = sets.get(cell);
  if (set === undefined) sets.set(cell, set = new Set(cell.split('|')));
  return set;
}

const { clauses, requests } = readWork(process.argv[2]);
const begin = process.cpuUsage();
const enforcer = await newEnforcer(newModelFromString(MODEL));
enforcer.addFunction('has', (cell, value) => cell === '*' || setOf(cell).has(value));
enforcer.addFunction('holds', (cell, request) => {
  if (cell === '*') return true;
  for (const flag of setOf(cell)) if (!request[flag]) return false;
  return true;
});
enforcer.addFunction('younger', (cell, age) => cell === '*' || age <= Number(cell));
// Rows are told apart by all their cells: two clauses that say the same are one row, with one answer.
await enforcer.addPolicies([...new Map(clauses.map(rowOf).map((row) => [row.join('\n'), row])).values()]);
const load = process.cpuUsage(begin);

const decide = (request) =>
  ({ parts: request.parts.filter((part) => enforcer.enforceSync(request, part)), obligations: null });

report({ load_ms: (load.user + load.system) / 1e3, ...measureInProcess(requests, Number(process.argv[3]), decide) });
