"""MiniStack, with the refusals and resets of AWS that it lacks and that a deployment can fail on.

Started by ../support/ministack.ts. Ends when its standard input closes, so that no process is left behind when
its parent is killed. Written for the version in requirements.txt; follows docs/facts.md#cognito-update-user-pool.
"""

import contextvars
import fcntl
import json
import os
import queue
import signal
import sys
import termios
import threading
import time

import ministack.app as app
import ministack.core.iam_actions as iam_actions
import ministack.core.iam_evaluator as iam_evaluator
import ministack.core.lambda_runtime as lambda_runtime
import ministack.services.cloudformation.changesets as changesets
import ministack.services.cloudformation.engine as engine
import ministack.services.cloudformation.handlers as stacks
import ministack.services.cognito as cognito
import ministack.services.eventbridge as eventbridge
import ministack.services.lambda_svc as lambda_svc
from ministack.core.responses import error_response_json, get_region
from ministack.core.router import extract_access_key_id

# The request syntax of UpdateUserPool (Amazon Cognito user pools API reference), with what a setting
# becomes when a request does not give it: "sets it to its default value", says the same page.
SETTINGS_AND_DEFAULTS = {
    "AccountRecoverySetting": {},
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False},
    "AutoVerifiedAttributes": [],
    "DeletionProtection": "INACTIVE",
    "DeviceConfiguration": None,
    "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
    "EmailVerificationMessage": None,
    "EmailVerificationSubject": None,
    "LambdaConfig": {},
    "MfaConfiguration": "OFF",
    "Policies": {
        "PasswordPolicy": {
            "MinimumLength": 8,
            "RequireLowercase": True,
            "RequireNumbers": True,
            "RequireSymbols": True,
            "RequireUppercase": True,
            "TemporaryPasswordValidityDays": 7,
        }
    },
    "SmsAuthenticationMessage": None,
    "SmsConfiguration": None,
    "SmsVerificationMessage": None,
    "UserAttributeUpdateSettings": {},
    "UserPoolAddOns": None,
    "UserPoolTags": {},
    "VerificationMessageTemplate": None,
}
KEPT_WHEN_OMITTED = {"UserPoolId", "PoolName", "UserPoolTier"}

# GetUserPoolMfaConfig answers with these, DescribeUserPool does not (UserPoolType, API reference).
MFA_SETTINGS = {
    "SmsMfaConfiguration",
    "SoftwareTokenMfaConfiguration",
    "EmailMfaConfiguration",
    "WebAuthnConfiguration",
}


def invalid(message):
    return error_response_json("InvalidParameterException", message, 400)


def temporary_password_days(settings):
    policy = (settings.get("Policies") or {}).get("PasswordPolicy") or {}
    return policy.get("TemporaryPasswordValidityDays")


def unused_account_days(settings):
    return (settings.get("AdminCreateUserConfig") or {}).get("UnusedAccountValidityDays")


def refusal(data):
    """The error of AWS for a request that MiniStack would accept."""
    unknown = set(data) - set(SETTINGS_AND_DEFAULTS) - KEPT_WHEN_OMITTED
    if unknown:
        return f"Unknown parameter in input: {', '.join(sorted(unknown))}"
    # aws-sdk-js issue 3817, pulumi-aws-native issue 1256: one of the two, never both.
    if unused_account_days(data) is not None and temporary_password_days(data) is not None:
        return (
            "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of "
            "UnusedAccountValidityDays"
        )
    # cloudformation-coverage-roadmap issue 1176.
    pool = cognito._user_pools.get(data.get("UserPoolId"), {})
    if data.get("MfaConfiguration") == "ON" and pool.get("MfaConfiguration") != "ON":
        return "Cannot turn MFA functionality ON, once the user pool has been created."
    return None


# The access key of the current request.
access_key_id = contextvars.ContextVar("access_key_id", default="")


async def handle_request(method, path, headers, body, query_params):
    access_key_id.set(extract_access_key_id(headers, query_params))
    if headers.get("x-amz-target", "").endswith(".InitiateAuth"):
        # The trigger calls back: a thread of its own, as MiniStack has for the triggers that it knows.
        await cognito.run_reentrant(pre_authenticate, json.loads(body), thread_name="trigger")
    return await milder_handling(method, path, headers, body, query_params)


def pre_authenticate(data):
    """Calls the PreAuthentication trigger before the password is checked, which MiniStack does not (developer
    guide, "Pre authentication Lambda trigger"). A trigger that fails is not looked at: none here does."""
    client_id = data.get("ClientId")
    for pool_id, pool in list(cognito._user_pools.items()):
        arn = (pool.get("LambdaConfig") or {}).get("PreAuthentication")
        username = (data.get("AuthParameters") or {}).get("USERNAME")
        if not arn or not username or client_id not in pool["_clients"]:
            continue
        user, _ = cognito._resolve_user(pool, username)
        record, config, _ = lambda_svc._get_func_record_for_ref(arn)
        if user is None or record is None:
            continue
        attributes = cognito._attr_list_to_dict(user.get("Attributes", []))
        event = {
            "version": "1",
            "triggerSource": "PreAuthentication_Authentication",
            "region": get_region(),
            "userPoolId": pool_id,
            "userName": user["Username"],
            "callerContext": {"awsSdkVersion": "none", "clientId": client_id},
            "request": {
                "userAttributes": {**attributes, "cognito:user_status": user["UserStatus"]},
                "validationData": data.get("ClientMetadata") or {},
                "userNotFound": False,
            },
            "response": {},
        }
        scoped = lambda_svc._execution_record_for_config(record, config)
        lambda_svc._execute_function_with_config_scope(scoped, event)


def may_not_pass_the_sms_role(data):
    """The caller that sets a role on a pool needs iam:PassRole for it (IAM user guide, PassRole)."""
    role = (data.get("SmsConfiguration") or {}).get("SnsCallerArn")
    return role and iam_evaluator.enforce(
        access_key_id.get(),
        "iam:PassRole",
        "iam",
        get_region(),
        resource_arn=role,
        service_context={"iam:PassedToService": "cognito-idp.amazonaws.com"},
    )


def create_change_set(params):
    """A parameter that the template does not have is a ValidationError of CloudFormation's; the framework's
    first template, which makes the bucket, has none."""
    body, _ = changesets._resolve_template(params)
    known = (engine._parse_template(body).get("Parameters") or {}) if body else {}
    given = [each.get("ParameterKey") for each in changesets._extract_members(params, "Parameters")]
    unknown = [name for name in given if name not in known]
    if unknown:
        message = f"Parameters: [{', '.join(unknown)}] do not exist in the template"
        return changesets._error("ValidationError", message)
    return milder_change_set(params)


milder_change_set = stacks._ACTION_HANDLERS["CreateChangeSet"]
milder_handling = cognito.handle_request
milder_update = cognito._update_user_pool
milder_description = cognito._pool_out


def update_user_pool(data):
    message = refusal(data)
    if message:
        return invalid(message)
    if may_not_pass_the_sms_role(data):
        message = "The caller is not authorized to perform: iam:PassRole"
        return error_response_json("AccessDeniedException", message, 400)
    answer = milder_update(data)
    pool = cognito._user_pools.get(data.get("UserPoolId"))
    if answer[0] == 200 and pool:
        for setting, default in SETTINGS_AND_DEFAULTS.items():
            if setting not in data:
                pool[setting] = default
        pool["Name"] = data.get("PoolName", pool["Name"])
    return answer


def describe(pool):
    described = {
        name: value
        for name, value in milder_description(pool).items()
        if name not in MFA_SETTINGS and value not in (None, "")
    }
    # AWS answers with both, though an update may send only one (terraform-provider-aws pull request 8845).
    days = temporary_password_days(described)
    if days is not None:
        config = described.get("AdminCreateUserConfig") or {}
        described["AdminCreateUserConfig"] = {**config, "UnusedAccountValidityDays": days}
    return described


def iam_action(*request, **named):
    """A batch call needs the permission of the single one (SQS developer guide, API permissions)."""
    action = action_of_the_call(*request, **named)
    return action.removesuffix("Batch") if action and action.startswith("sqs:") else action


def request_context(service, iam_action, body, params):
    """With the condition key of KMS (KMS developer guide, condition keys: kms:EncryptionAlgorithm)."""
    context = context_of_the_call(service, iam_action, body, params)
    algorithm = json.loads(body or b"{}").get("EncryptionAlgorithm") if service == "kms" else None
    return {**context, "kms:EncryptionAlgorithm": algorithm} if algorithm else context


def end_with_standard_input():
    sys.stdin.buffer.read()
    os.killpg(os.getpgrp(), signal.SIGKILL)


action_of_the_call = iam_actions.extract_iam_action
iam_actions.extract_iam_action = iam_action

context_of_the_call = iam_actions.request_tag_context
iam_actions.request_tag_context = request_context

cognito.handle_request = handle_request
stacks._ACTION_HANDLERS["CreateChangeSet"] = create_change_set
cognito._update_user_pool = update_user_pool
cognito._pool_out = describe

# The tests put the events of an AWS service, which AWS allows to that service alone: MiniStack's CloudTrail
# reports nothing.
put_events = eventbridge._put_events
eventbridge._put_events = lambda data, allow_aws_source=True: put_events(data, allow_aws_source)

# The tests speak plain HTTP on the loopback; on AWS every request of an SDK is encrypted, which the
# queues' policy demands.
pin_request_origin = app.pin_request_origin
app.pin_request_origin = lambda address, _secure: pin_request_origin(address, True)



def drain_log(worker, **_limits):
    """The lines of the invocation that has just answered.

    It has written them before its answer, so that they are in the pipe or in the queue. MiniStack waits 50 ms for the
    thread that reads the pipe; on a busy machine lines are then missing, and turn up in the log of the next
    invocation. This waits until the pipe is empty, and the queue silent.
    """
    lines = []
    ends = time.monotonic() + LONGEST_DRAIN
    while time.monotonic() < ends:
        try:
            lines.append(worker._stderr_queue.get(timeout=SILENCE))
        except queue.Empty:
            if unread_bytes(worker) == 0:
                break
    return "\n".join(lines)


def unread_bytes(worker):
    """Of a process that MiniStack has just ended, as after an error of the function: none."""
    pipe = getattr(worker._proc, "stderr", None)
    if pipe is None or pipe.closed:
        return 0
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


# In seconds: of the log after an answer, and at most.
SILENCE = 0.1
LONGEST_DRAIN = 10
lambda_runtime.Worker._drain_stderr_bounded = drain_log

if __name__ == "__main__":
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    app.main()
