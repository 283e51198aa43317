import { explainAwsFailure } from '../shared/aws-failure.ts';

/** The steps of a diagnosis, in the order in which a rotation depends on them. */
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
  | 'journal'
  | 'workflow'
  | 'permissions'
  | 'published-secret'
  | 'login'
  | 'labels'
  | 'last-execution'
  | 'in-time'
  | 'client'
  | 'access-token'
  | 'configuration-test';

/** What a step found and, if it passed, the value that later steps need. */
export type Finding<Value> =
  | { readonly status: 'ok'; readonly found: string; readonly value: Value }
  | { readonly status: 'wrong'; readonly found: string; readonly fix: string }
  | { readonly status: 'skipped'; readonly found: string };

/** A step in the report. */
export interface StepResult {
  readonly step: StepName;
  readonly status: 'ok' | 'wrong' | 'skipped';
  readonly found: string;
  /** One paragraph, for a problem. */
  readonly fix?: string;
  /** Whether it was skipped because the caller may not check it, not because an earlier step failed. */
  readonly isUnchecked?: true;
}

/** A finished step; it has a value if it passed. */
export interface Outcome<Value> {
  readonly step: StepName;
  readonly value?: { readonly of: Value };
}

/** The step passed. */
export function ok<Value>(found: string, value: Value): Finding<Value> {
  return { status: 'ok', found, value };
}

/** The step found a problem. */
export function wrong(found: string, fix: string): Finding<never> {
  return { status: 'wrong', found, fix };
}

/** The caller may not check it. */
export function skipped(found: string): Finding<never> {
  return { status: 'skipped', found };
}

const DENIALS = new Set(['AccessDenied', 'AccessDeniedException', 'KmsAccessDeniedException']);

/** Whether AWS refused a call because of a missing permission. */
export function isDenial(error: unknown): error is Error {
  return error instanceof Error && DENIALS.has(error.name);
}

/** Runs the steps in order and keeps their results. */
export class Steps {
  readonly results: StepResult[] = [];
  readonly #onResult: (result: StepResult) => void;

  /** @param onResult called after each step */
  constructor(onResult: (result: StepResult) => void) {
    this.#onResult = onResult;
  }

  /** Whether all steps so far passed. Unchecked permissions count as passed: a configuration test shows them. */
  havePassed(): boolean {
    return this.results.every(
      ({ step, status, isUnchecked }) => status === 'ok' || (step === 'permissions' && isUnchecked === true),
    );
  }

  /**
   * Runs a step, unless a step that it needs did not pass. A check that the caller may not make is skipped, not wrong,
   * because the functions may have the permission.
   *
   * @throws any other error of AWS
   */
  async run<Values extends Readonly<Record<string, unknown>>, Value>(
    step: StepName,
    needs: { readonly [Name in keyof Values]: Outcome<Values[Name]> },
    check: (values: NoInfer<Values>) => Promise<Finding<Value>> | Finding<Value>,
  ): Promise<Outcome<Value>> {
    const needed: readonly (readonly [string, Outcome<unknown>])[] = Object.entries(needs);
    const broken = needed.find(([, { value }]) => value === undefined)?.[1];
    if (broken !== undefined) {
      return this.#finish(step, { step, status: 'skipped', found: `needs ${broken.step}` });
    }
    const values = Object.fromEntries(needed.map(([name, { value }]) => [name, value?.of])) as Values;
    const finding = await this.#unlessDenied(() => check(values));
    if (finding.status === 'ok') {
      return this.#finish(step, { step, status: 'ok', found: finding.found }, { of: finding.value });
    }
    return this.#finish(step, {
      step,
      ...finding,
      ...(finding.status === 'skipped' && { isUnchecked: true as const }),
    });
  }

  #finish<Value>(step: StepName, result: StepResult, value?: { readonly of: Value }): Outcome<Value> {
    this.results.push(result);
    this.#onResult(result);
    return { step, value };
  }

  async #unlessDenied<Value>(check: () => Promise<Finding<Value>> | Finding<Value>): Promise<Finding<Value>> {
    try {
      return await check();
    } catch (error) {
      if (!isDenial(error)) throw error;
      return skipped(explainAwsFailure(error) ?? error.message);
    }
  }
}
