// Cedar in WebAssembly, its policy set parsed beforehand. Cedar has no field-level grant and no
// obligation: every clause, FORBID too, is a permit policy with an id; Cedar says which ids are
// satisfied and the host combines them (README.md).
import { createRequire } from 'node:module';
import { attributesOf, combine, conditionsOf, measureInProcess, readWork, report } from './clauses.mjs';

const cedar = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs');
const text = JSON.stringify;

function expression(condition) {
  if (condition.holds) return `context.${condition.field}`;
  if ('at_most' in condition) return `context.${condition.field} <= ${condition.at_most}`;
  if (condition.is.length === 1) return `context.${condition.field} == ${text(condition.is[0])}`;
  return `[${condition.is.map(text).join(', ')}].contains(context.${condition.field})`;
}

function policyOf(clause) {
  const resource = clause.effect === 'PERMIT' ? `resource == Agreement::${text(clause.agreement)}` : 'resource';
  const conditions = conditionsOf(clause).filter(({ field }) => field !== 'agreement');
  const when = conditions.length === 0 ? '' : ` when { ${conditions.map(expression).join(' && ')} }`;
  return `permit (principal, action == Action::"read", ${resource})${when};`;
}

const { clauses, requests } = readWork(process.argv[2]);
const byId = new Map(clauses.map((clause) => [clause.id, clause]));
const begin = process.cpuUsage();
const parsed = cedar.preparsePolicySet('clauses', {
  staticPolicies: Object.fromEntries(clauses.map((clause) => [clause.id, policyOf(clause)])),
});
if (parsed.type !== 'success') throw new Error(text(parsed.errors));
const load = process.cpuUsage(begin);

function decide(request) {
  const answer = cedar.statefulIsAuthorized({
    principal: { type: 'Caller', id: 'caller' },
    action: { type: 'Action', id: 'read' },
    resource: { type: 'Agreement', id: request.agreement },
    context: attributesOf(request),
    preparsedPolicySetId: 'clauses',
    entities: [],
  });
  if (answer.type !== 'success') throw new Error(text(answer.errors));
  const { reason, errors } = answer.response.diagnostics;
  if (errors.length > 0) throw new Error(text(errors));
  return combine(reason.map((id) => byId.get(id)), request.parts);
}

report({ load_ms: (load.user + load.system) / 1e3, ...measureInProcess(requests, Number(process.argv[3]), decide) });
