import { explainAwsFailure } from '../shared/aws-failure.ts';

/** The links of the chain, in the order in which a rotation needs them. */
export type StepName =
  | 'identity'
  | 'deployment'
  | 'secret'
  | 'secret-key'
  | 'value'
  | 'rotation'
  | 'rotation-function'
  | 'invocation'
  | 'task-functions'
  | 'seal-key'
  | 'workflow'
  | 'permissions'
  | 'labels'
  | 'last-execution'
  | 'in-time'
  | 'client'
  | 'access-token'
  | 'configuration-test';

/** What a look at one link found, and, where it is sound, what the later looks need of it. */
export type Look<Value> =
  | { readonly status: 'ok'; readonly found: string; readonly value: Value }
  | { readonly status: 'wrong'; readonly found: string; readonly fix: string }
  | { readonly status: 'skipped'; readonly found: string };

/** A look, as it is reported. */
export interface StepResult {
  readonly step: StepName;
  readonly status: 'ok' | 'wrong' | 'skipped';
  readonly found: string;
  /** One paragraph, for what is wrong. */
  readonly fix?: string;
  /** Whether it was skipped for itself and not for the sake of an earlier step. */
  readonly unseen?: true;
}

/** A look that is over; `value` is there when it was sound. */
export interface Outcome<Value> {
  readonly step: StepName;
  readonly value?: { readonly of: Value };
}

/** The link is sound. */
export function ok<Value>(found: string, value: Value): Look<Value> {
  return { status: 'ok', found, value };
}

/** The link is broken; `fix` says what to do. */
export function wrong(found: string, fix: string): Look<never> {
  return { status: 'wrong', found, fix };
}

/** The link could not be seen, for itself and not for the sake of an earlier one. */
export function skipped(found: string): Look<never> {
  return { status: 'skipped', found };
}

const DENIALS = new Set(['AccessDenied', 'AccessDeniedException', 'KmsAccessDeniedException']);

/** Whether AWS refused a call for want of a permission. */
export function isDenial(error: unknown): error is Error {
  return error instanceof Error && DENIALS.has(error.name);
}

/** Takes the steps one after the other and keeps what they found. */
export class Steps {
  readonly results: StepResult[] = [];
  readonly #onResult: (result: StepResult) => void;

  /** @param onResult called after each step */
  constructor(onResult: (result: StepResult) => void) {
    this.#onResult = onResult;
  }

  /** Whether no step so far is wrong or unseen; the permissions may be unseen, which a test shows as well. */
  areSound(): boolean {
    return this.results.every(
      ({ step, status, unseen }) => status === 'ok' || (step === 'permissions' && unseen === true),
    );
  }

  /**
   * Takes a step, unless one that it needs was not sound. What the caller may not see is skipped, not wrong: it says
   * nothing of what the functions may do.
   *
   * @throws whatever else keeps AWS from answering
   */
  async take<Values extends Readonly<Record<string, unknown>>, Value>(
    step: StepName,
    needs: { readonly [Name in keyof Values]: Outcome<Values[Name]> },
    look: (values: NoInfer<Values>) => Promise<Look<Value>> | Look<Value>,
  ): Promise<Outcome<Value>> {
    const needed: readonly (readonly [string, Outcome<unknown>])[] = Object.entries(needs);
    const broken = needed.find(([, { value }]) => value === undefined)?.[1];
    if (broken !== undefined) {
      return this.#finish(step, { step, status: 'skipped', found: `needs ${broken.step}` });
    }
    const values = Object.fromEntries(needed.map(([name, { value }]) => [name, value?.of])) as Values;
    const seen = await this.#seen(() => look(values));
    if (seen.status === 'ok') {
      return this.#finish(step, { step, status: 'ok', found: seen.found }, { of: seen.value });
    }
    return this.#finish(step, { step, ...seen, ...(seen.status === 'skipped' && { unseen: true as const }) });
  }

  #finish<Value>(step: StepName, result: StepResult, value?: { readonly of: Value }): Outcome<Value> {
    this.results.push(result);
    this.#onResult(result);
    return { step, ...(value !== undefined && { value }) };
  }

  async #seen<Value>(look: () => Promise<Look<Value>> | Look<Value>): Promise<Look<Value>> {
    try {
      return await look();
    } catch (error) {
      if (!isDenial(error)) throw error;
      return skipped(explainAwsFailure(error) ?? error.message);
    }
  }
}
