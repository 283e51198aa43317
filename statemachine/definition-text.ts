import { readFileSync } from 'node:fs';

/** The placeholder of the function that publishes access tokens. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholder
const PUBLISH_FUNCTION = '${PublishArn}';

/** The text of the workflow's definition, with placeholders. */
export function definitionText(): string {
  return readFileSync(new URL('rotation.asl.json', import.meta.url), 'utf8');
}

/** The parts of a definition that are needed to remove the publishing states. */
interface Definition {
  readonly States: Readonly<
    Record<string, { readonly Parameters?: { readonly FunctionName: string }; readonly Next?: string }>
  >;
}

/**
 * The definition for a deployment that publishes no access tokens: without the publishing states, with transitions to
 * the states after them. An unreachable state would make the definition invalid.
 *
 * @see AWS Step Functions API Reference, ValidateStateMachineDefinition
 */
export function definitionTextWithoutPublishing(): string {
  const definition = JSON.parse(definitionText()) as Definition;
  const publishing = new Map(
    Object.entries(definition.States).flatMap(([name, { Parameters, Next }]) =>
      Parameters?.FunctionName === PUBLISH_FUNCTION && Next !== undefined ? [[name, Next] as const] : [],
    ),
  );
  const States = Object.entries(definition.States).filter(([name]) => !publishing.has(name));
  return JSON.stringify(
    { ...definition, States: Object.fromEntries(States) },
    (key, value) => (key === 'Next' ? (publishing.get(value) ?? value) : value),
    2,
  );
}
