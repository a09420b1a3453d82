/** The CloudWatch namespace of the project's metrics. */
export const METRIC_NAMESPACE = 'CognitoWorkosSync';
