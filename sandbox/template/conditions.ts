import { isJsonObject, type Json } from '../json.ts';
import { type Template, UnresolvableTemplate } from './template.ts';

/**
 * Evaluates a condition of the template (AWS CloudFormation Template Reference, "Condition functions").
 *
 * @param resolve gives the value of what `Fn::Equals` compares
 * @throws UnresolvableTemplate no condition, or one that refers to itself
 */
export function evaluateCondition(
  template: Template,
  name: string,
  resolve: (value: Json, where: string) => Json | undefined,
  evaluating: ReadonlySet<string> = new Set(),
): boolean {
  const where = `Conditions.${name}`;
  const condition = template.Conditions[name];
  if (condition === undefined)
    throw new UnresolvableTemplate(where, 'Condition', 'there is no such condition.');
  if (evaluating.has(name)) throw new UnresolvableTemplate(where, 'Condition', 'it refers to itself.');
  const within = new Set([...evaluating, name]);

  const evaluate = (expression: Json): boolean => {
    if (!isJsonObject(expression))
      throw new UnresolvableTemplate(where, 'Condition', 'not a condition function.');
    const [[intrinsic, operand] = ['nothing', null]] = Object.entries(expression);
    if (intrinsic === 'Condition') {
      return evaluateCondition(template, String(operand), resolve, within);
    }
    const operands = Array.isArray(operand) ? (operand as readonly Json[]) : [];
    const [first = null, second = null] = operands;
    switch (intrinsic) {
      case 'Fn::Equals':
        return String(resolve(first, where)) === String(resolve(second, where));
      case 'Fn::Not':
        return !evaluate(first);
      case 'Fn::And':
        return operands.every(evaluate);
      case 'Fn::Or':
        return operands.some(evaluate);
      default:
        throw new UnresolvableTemplate(where, intrinsic, 'not a condition function.');
    }
  };
  return evaluate(condition);
}
