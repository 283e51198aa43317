import type { NextStep } from '../../views.ts';

/** The labels of the buttons. All other commands can only be run in a terminal. */
const LABELS = {
  authorize: 'Log in again',
  redrive: 'Redrive execution',
  rotate: 'Rotate now',
  follow: 'Show execution',
} as const;

/** The commands that have a button. */
export type ActionVerb = keyof typeof LABELS;

/** The command of a step, if it has a button. */
export function actionOf({ command }: NextStep): ActionVerb | undefined {
  const verb = command?.verb;
  return verb === undefined || verb === 'diagnose' ? undefined : verb;
}

/** The actions that can be refused because of the state of the credential. */
const CREDENTIAL_ACTIONS: ReadonlySet<string> = new Set(['rotate', 'authorize', 'revoke', 'redrive', 'stop']);

/** What to do instead of an action that was refused. */
export function alternativeTo(
  refused: string | undefined,
  next: readonly NextStep[],
): ActionVerb | undefined {
  if (refused === undefined || !CREDENTIAL_ACTIONS.has(refused)) return undefined;
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
