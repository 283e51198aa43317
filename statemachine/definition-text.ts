import { readFileSync } from 'node:fs';

/** The placeholder of the function that publishes access tokens. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholder
const PUBLISH_FUNCTION = '${PublishArn}';

/** The text of the workflow's definition, placeholders included. */
export function definitionText(): string {
  return readFileSync(new URL('rotation.asl.json', import.meta.url), 'utf8');
}

/** A definition, as far as the states that publish are found in it and left out. */
interface Definition {
  readonly States: Readonly<
    Record<string, { readonly Parameters?: { readonly FunctionName: string }; readonly Next?: string }>
  >;
}

/**
 * The definition for a deployment that publishes no access tokens: without the states that do, and every way that leads
 * to one leads to the state after it. A state that no way leads to would make the definition invalid.
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
