import * as v from 'valibot';
import { DAY_MS } from '../durations.ts';
import { InvalidFault, readFaultRule } from '../faults/fault-rule.ts';
import { parseFault } from '../faults/fault-text.ts';
import type { ActiveFault } from '../faults/faults.ts';
import type { Sandbox } from '../sandbox.ts';
import { Refusal } from './json-http.ts';
import { ok, type Route } from './route.ts';

/** The parts of the sandbox that the control API uses. */
export type ControlledSandbox = Pick<Sandbox, 'advance' | 'clock' | 'cloudTrail' | 'faults'>;

/** A hundred years: a larger value is probably a mistake and would take very long. */
const MAX_ADVANCE_MS = 100 * 366 * DAY_MS;

const advanceBody = v.strictObject({
  ms: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_ADVANCE_MS)),
});
const faultText = v.strictObject({ text: v.string() });

/** The routes of the control API. A fault is given as a rule or as `{"text": "<its text>"}`. */
export function controlRoutes(sandbox: ControlledSandbox): readonly Route[] {
  const { faults, clock, cloudTrail } = sandbox;
  const active = (id: number): ActiveFault | undefined => faults.rules().find(rule => rule.id === id);
  return [
    { method: 'GET', target: /^\/faults$/, handle: () => ok(faults.rules()) },
    {
      method: 'POST',
      target: /^\/faults$/,
      handle: ({ body }) => ({ statusCode: 201, body: active(addFault(sandbox, body)) }),
    },
    {
      method: 'DELETE',
      target: /^\/faults$/,
      handle: () => {
        faults.clear();
        return { statusCode: 204 };
      },
    },
    {
      method: 'DELETE',
      target: /^\/faults\/(?<id>\d+)$/,
      handle: ({ parameters: { id } }) => {
        if (!faults.remove(Number(id))) throw new Refusal(404, `There is no fault ${id}.`);
        return { statusCode: 204 };
      },
    },
    { method: 'GET', target: /^\/injected$/, handle: () => ok(faults.injected()) },
    { method: 'GET', target: /^\/clock$/, handle: () => ok(clockState(sandbox)) },
    {
      method: 'POST',
      target: /^\/clock\/advance$/,
      handle: async ({ body }) => {
        const result = v.safeParse(advanceBody, body);
        if (!result.success) {
          throw new Refusal(400, `The body must be {"ms": <whole number from 0 to ${MAX_ADVANCE_MS}>}.`);
        }
        await sandbox.advance(result.output.ms);
        return ok(clockState({ clock }));
      },
    },
    { method: 'GET', target: /^\/rotation-events$/, handle: () => ok(cloudTrail.events()) },
  ];
}

function clockState({ clock }: Pick<ControlledSandbox, 'clock'>): object {
  return { now: clock.now(), isVirtual: clock.isVirtual };
}

function addFault({ faults }: ControlledSandbox, body: unknown): number {
  try {
    return faults.add(v.is(faultText, body) ? parseFault(body.text) : readFaultRule(body));
  } catch (error) {
    if (error instanceof InvalidFault) throw new Refusal(400, error.message);
    throw error;
  }
}
