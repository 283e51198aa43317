import type { Json } from '../json.ts';
import { type StackEnvironment, stableId } from './resource-kinds.ts';
import { type Parameter, UnresolvableTemplate } from './template.ts';

/**
 * The value of a parameter: the given value, or the default.
 *
 * @returns a list for list types, otherwise a string, as CloudFormation does
 * @throws UnresolvableTemplate the parameter has no value, or its value is not allowed
 */
export function parameterValue(
  parameter: Parameter,
  name: string,
  { given, where }: { readonly given: string | undefined; readonly where: string },
): Json {
  const value = given ?? parameter.Default;
  if (value === undefined) {
    throw new UnresolvableTemplate(where, `Ref ${name}`, 'the parameter has no default.');
  }
  const { AllowedValues, AllowedPattern } = parameter;
  if (AllowedValues !== undefined && !AllowedValues.some(allowed => String(allowed) === String(value))) {
    throw new UnresolvableTemplate(where, `Ref ${name}`, 'the value is not one of AllowedValues.');
  }
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(String(value))) {
    throw new UnresolvableTemplate(where, `Ref ${name}`, 'the value does not match AllowedPattern.');
  }
  const isList = parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<');
  return isList
    ? String(value)
        .split(',')
        .map(item => item.trim())
    : String(value);
}

/**
 * The value of a pseudo parameter such as `AWS::Region`, other than `AWS::NoValue`.
 *
 * @throws UnresolvableTemplate the pseudo parameter is not emulated
 */
export function pseudoParameter(name: string, environment: StackEnvironment, where: string): string {
  const { accountId, region, partition, stackName } = environment;
  switch (name) {
    case 'AWS::AccountId':
      return accountId;
    case 'AWS::Region':
      return region;
    case 'AWS::Partition':
      return partition;
    case 'AWS::URLSuffix':
      return partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
    case 'AWS::StackName':
      return stackName;
    case 'AWS::StackId': {
      const id = stableId(stackName, '', 'stack id', 32);
      return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}/${id}`;
    }
    default:
      throw new UnresolvableTemplate(where, `Ref ${name}`, 'not emulated.');
  }
}
