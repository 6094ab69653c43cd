"""What Chalice deploys: the routes, the middleware and every event handler. Composition only, no logic."""

import os
import sys
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, DynamoDBEvent, Rate, SNSEvent, SQSEvent, WebsocketEvent

from chalicelib import events, web, wiring

if {"deploy", "package"} & set(sys.argv[1:]) and "chalice.cli" in sys.modules and "PACKAGED_BY" not in os.environ:
    raise SystemExit(
        "Chalice alone would leave out half of this system: run `make package`, as docs/deploying.md says."
    )

app = Chalice(app_name="webtop-chat")
app.experimental_feature_flags.update(["WEBSOCKETS"])
web.register(app)
wiring.warm()


@app.on_dynamodb_record(stream_arn="arn:aws:dynamodb:::table/merged/stream/merged", batch_size=25)
def table_changes(event: DynamoDBEvent) -> dict[str, Any]:
    return events.changes.handle(event.to_dict())


@app.on_sqs_message(queue="webtop-chat-mail", batch_size=5)
def mail_out(event: SQSEvent) -> dict[str, Any]:
    return events.mail.handle(event.to_dict())


@app.on_sns_message(topic="webtop-chat-mail-feedback")
def mail_feedback(event: SNSEvent) -> None:
    events.feedback.handle(event.to_dict())


@app.lambda_function()
def mail_in(event: dict[str, Any], context: object) -> None:
    events.incoming_mail.handle(event)


@app.on_cw_event({"source": ["aws.s3"], "detail-type": ["Object Created"]})
def file_arrived(event: CloudWatchEvent) -> None:
    events.files.arrived(event.to_dict())


@app.on_cw_event({"source": ["aws.guardduty"]})
def file_checked(event: CloudWatchEvent) -> None:
    events.files.checked(event.to_dict())


@app.lambda_function()
def hourly(event: dict[str, Any], context: object) -> dict[str, Any]:
    return events.schedule.due(event)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def minutely(event: CloudWatchEvent) -> dict[str, Any]:
    return events.schedule.minutely()


@app.on_sqs_message(queue="webtop-chat-push", batch_size=5)
def push_out(event: SQSEvent) -> dict[str, Any]:
    return events.pushes.handle(event.to_dict())


@app.lambda_function()
def set_plan(event: dict[str, Any], context: object) -> dict[str, Any]:
    return events.operator.set_plan(event)


@app.lambda_function()
def abuse_reports(event: dict[str, Any], context: object) -> dict[str, Any]:
    return events.operator.abuse_reports(event)


@app.lambda_function()
def dead_letters(event: dict[str, Any], context: object) -> dict[str, Any]:
    return events.operator.dead_letters(event)


@app.on_ws_connect()
def socket_connect(event: WebsocketEvent) -> dict[str, Any]:
    return events.sockets.connect(event.to_dict())


@app.on_ws_message()
def socket_message(event: WebsocketEvent) -> dict[str, Any]:
    return events.sockets.message(event.to_dict())


@app.on_ws_disconnect()
def socket_disconnect(event: WebsocketEvent) -> dict[str, Any]:
    return events.sockets.disconnect(event.to_dict())


@app.on_sqs_message(queue="webtop-chat-relay.fifo", batch_size=1)
def relay(event: SQSEvent) -> dict[str, Any]:
    return events.relay.handle(event.to_dict())
