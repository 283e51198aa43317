import type { Json } from '../json.ts';
import { type StackEnvironment, stableId } from './resource-kinds.ts';
import { type Template, UnresolvableTemplate } from './template.ts';

/**
 * The value of a parameter: its default.
 *
 * @returns a list for list types, otherwise a string, as CloudFormation does
 * @throws UnresolvableTemplate the parameter has none
 */
export function parameterValue(parameter: Template['Parameters'][string], name: string, where: string): Json {
  const value = parameter.Default;
  if (value === undefined) {
    throw new UnresolvableTemplate(where, `Ref ${name}`, 'the parameter has no default.');
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
 * @throws UnresolvableTemplate one that is not emulated
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
