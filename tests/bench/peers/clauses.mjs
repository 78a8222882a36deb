// What every peer's translation starts from: a clause as a list of conditions on flat requests.
import { readFileSync } from 'node:fs';

export const readWork = (path) => JSON.parse(readFileSync(path, 'utf8'));

// {field, is: [values]} | {field, holds: true} | {field, at_most: number}
export function conditionsOf(clause) {
  const conditions = [];
  const among = (field, values) => {
    if (values !== null && values !== undefined) conditions.push({ field, is: [].concat(values) });
  };
  if (clause.effect === 'PERMIT') among('agreement', clause.agreement);
  among('agency', clause.recipient.agency);
  among('agency_type', clause.recipient.types);
  among('region', clause.recipient.regions);
  among('unit', clause.recipient.units);
  among('custodian', clause.supplier.agency);
  among('custodian_type', clause.supplier.types);
  among('custodian_region', clause.supplier.regions);
  among('custodian_unit', clause.supplier.units);
  among('role', clause.roles);
  among('purpose', clause.purposes);
  among('basis', clause.bases);
  among('special', clause.special);
  among('gateway', clause.gateways);
  if (clause.consent) conditions.push({ field: 'consent', holds: true });
  for (const guard of clause.guards) {
    conditions.push(guard.kind === 'age' ? { field: 'age', at_most: guard.max_years }
                                         : { field: guard.kind, holds: true });
  }
  return conditions;
}

// The attributes of a request that conditions speak of.
export function attributesOf({ parts, expected, ...attributes }) {
  return attributes;
}

// The union of what the satisfied clauses permit less what they forbid, and the obligations of every
// permit that contributed a part. For peers that only say which clauses are satisfied.
export function combine(satisfied, asked) {
  const forbidden = new Set();
  for (const clause of satisfied) {
    if (clause.effect === 'FORBID') for (const part of clause.parts) forbidden.add(part);
  }
  const granted = new Set();
  const obligations = new Set();
  for (const clause of satisfied) {
    if (clause.effect !== 'PERMIT') continue;
    const given = clause.parts.filter((part) => asked.includes(part) && !forbidden.has(part));
    for (const part of given) granted.add(part);
    if (given.length > 0) for (const code of clause.obligations) obligations.add(code);
  }
  return { parts: [...granted], obligations: [...obligations] };
}

// Asks `decide(request)` about the requests in turn until `seconds` of wall time have passed, first
// all of them for their answers, and counts this process's CPU time.
export function measureInProcess(requests, seconds, decide) {
  const answers = [];
  const begin = process.cpuUsage();
  const until = Date.now() + seconds * 1000;
  let decisions = 0;
  while (Date.now() < until) {
    const at = decisions % requests.length;
    const answer = decide(requests[at]);
    if (decisions < requests.length) answers.push(answer);
    decisions += 1;
  }
  const spent = process.cpuUsage(begin);
  return { answers, decisions_per_cpu_second: decisions / ((spent.user + spent.system) / 1e6) };
}

export function report(result) {
  process.stdout.write(JSON.stringify(result));
}
