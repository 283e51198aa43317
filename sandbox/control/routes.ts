import * as v from 'valibot';
import { InvalidFault, readFaultRule } from '../faults/fault-rule.ts';
import { parseFault } from '../faults/fault-text.ts';
import type { ActiveFault } from '../faults/faults.ts';
import type { Sandbox } from '../sandbox.ts';
import { Refusal } from './json-http.ts';

/** Whatever the control API needs of the sandbox. */
export type ControlledSandbox = Pick<Sandbox, 'advance' | 'clock' | 'cloudTrail' | 'faults'>;

/** What a route answers. */
export interface Answer {
  readonly statusCode: number;
  readonly body?: unknown;
}

/** Answers a request; `id` is what stands after the path. */
type Route = (body: unknown, id: string | undefined) => Answer | Promise<Answer>;

/** A hundred years: more would be a slip, and takes as long as it sounds. */
const LONGEST_ADVANCE_MS = 100 * 366 * 86_400_000;

const advanceBody = v.strictObject({
  ms: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LONGEST_ADVANCE_MS)),
});
const faultText = v.strictObject({ text: v.string() });

/**
 * The routes by `<method> <path>`. A fault is given as a rule or as `{"text": "<its text>"}`. What a route cannot do
 * it refuses by throwing a {@link Refusal}.
 */
export function controlRoutes(sandbox: ControlledSandbox): ReadonlyMap<string, Route> {
  const { faults, clock, cloudTrail } = sandbox;
  const active = (id: number): ActiveFault | undefined => faults.rules().find(rule => rule.id === id);
  const ok = (body: unknown): Answer => ({ statusCode: 200, body });
  return new Map<string, Route>([
    ['GET /faults', () => ok(faults.rules())],
    ['POST /faults', body => ({ statusCode: 201, body: active(addFault(sandbox, body)) })],
    [
      'DELETE /faults',
      (_body, id) => {
        if (id === undefined) faults.clear();
        else if (!faults.remove(Number(id))) throw new Refusal(404, `There is no fault ${id}.`);
        return { statusCode: 204 };
      },
    ],
    ['GET /injected', () => ok(faults.injected())],
    ['GET /clock', () => ok(clockState(sandbox))],
    [
      'POST /clock/advance',
      async body => {
        const result = v.safeParse(advanceBody, body);
        if (!result.success) {
          throw new Refusal(400, `The body is {"ms": <whole number from 0 to ${LONGEST_ADVANCE_MS}>}.`);
        }
        await sandbox.advance(result.output.ms);
        return ok(clockState({ clock }));
      },
    ],
    ['GET /rotation-events', () => ok(cloudTrail.events())],
  ]);
}

function clockState({ clock }: Pick<ControlledSandbox, 'clock'>): object {
  return { now: clock.now(), standsStill: clock.standsStill };
}

function addFault({ faults }: ControlledSandbox, body: unknown): number {
  try {
    return faults.add(v.is(faultText, body) ? parseFault(body.text) : readFaultRule(body));
  } catch (error) {
    if (error instanceof InvalidFault) throw new Refusal(400, error.message);
    throw error;
  }
}
