import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { build } from 'esbuild';

/** The Secrets Manager operations that the rotation in one Lambda calls. */
const ACTIONS = ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];

/**
 * Synthesises the stack of the rotation in one Lambda.
 *
 * @param assemblyDirectory the output folder
 * @param handler           the module of its function
 */
export async function synthesizeOneLambda(
  assemblyDirectory: string,
  handler = new URL('handler.ts', import.meta.url),
): Promise<void> {
  const codeDirectory = await mkdtemp(path.join(tmpdir(), 'one-lambda-'));
  try {
    await build({
      entryPoints: [fileURLToPath(handler)],
      outfile: path.join(codeDirectory, 'index.js'),
      bundle: true,
      platform: 'node',
      target: 'node24',
      mainFields: ['module', 'main'],
      minify: true,
      logLevel: 'warning',
    });
    const app = new App({ outdir: assemblyDirectory, analyticsReporting: false });
    makeStack(app, codeDirectory);
    app.synth();
  } finally {
    await rm(codeDirectory, { recursive: true, force: true });
  }
}

function makeStack(app: App, codeDirectory: string): void {
  const stack = new Stack(app, 'OneLambda', { stackName: 'one-lambda' });
  const role = new Role(stack, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      Rotation: new PolicyDocument({
        statements: [
          new PolicyStatement({
            actions: ACTIONS.map(action => `secretsmanager:${action}`),
            resources: [`arn:${stack.partition}:secretsmanager:${stack.region}:${stack.account}:secret:*`],
          }),
        ],
      }),
    },
  });
  const rotation = new LambdaFunction(stack, 'Rotation', {
    functionName: 'one-lambda',
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(codeDirectory),
    timeout: Duration.seconds(60),
    role,
  });
  rotation.addPermission('SecretsManager', {
    principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
    sourceAccount: stack.account,
  });
  new CfnOutput(stack, 'RotationFunctionArn', { value: rotation.functionArn });
}
