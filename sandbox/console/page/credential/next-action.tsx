import type { NextStep } from '../../views.ts';

/** What a step can do on the page; its other commands are for the terminal. */
const LABELS = {
  authorize: 'Log in again',
  redrive: 'Redrive execution',
  rotate: 'Rotate now',
  follow: 'Show execution',
} as const;

/** The steps that have a button. */
export type ActionVerb = keyof typeof LABELS;

/** The verb of a step that has a button. */
export function actionOf({ command }: NextStep): ActionVerb | undefined {
  const verb = command?.verb;
  return verb === undefined || verb === 'diagnose' ? undefined : verb;
}

/** The actions that can be refused because of the state of the credential. */
const ABOUT_CREDENTIALS: ReadonlySet<string> = new Set(['rotate', 'authorize', 'revoke', 'redrive', 'stop']);

/** What to do after an action was refused. */
export function alternativeTo(
  refused: string | undefined,
  next: readonly NextStep[],
): ActionVerb | undefined {
  if (refused === undefined || !ABOUT_CREDENTIALS.has(refused)) return undefined;
  return next.map(actionOf).find(verb => verb !== undefined && verb !== refused);
}

/** See {@link NextAction}. */
interface ActionProps {
  readonly verb: ActionVerb;
  readonly isPrimary?: boolean;
  readonly onAct: () => void;
}

/** The button of a step. */
export function NextAction({ verb, isPrimary = false, onAct }: ActionProps) {
  return (
    <button type="button" class={isPrimary ? 'primary' : ''} onClick={onAct}>
      {LABELS[verb]}
    </button>
  );
}
