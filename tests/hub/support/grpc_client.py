"""A client of the contact centre over gRPC in another language than the hub's.

usage: grpc_client.py STUBS ADDRESS TOKEN [CERTIFICATE]  (a line of JSON in: [method, request]; a line of JSON out)
The stubs are made by protoc from hub/proto. `Watch` answers with its first messages, as many as `_take` says. With CERTIFICATE, a file of PEM, the connection
is TLS and believes that one only.
"""
import json
import sys

sys.path.insert(0, sys.argv[1])

import grpc  # noqa: E402
from google.protobuf.json_format import MessageToDict, ParseDict  # noqa: E402
from offhook.v1 import contact_centre_pb2 as messages  # noqa: E402
from offhook.v1 import contact_centre_pb2_grpc as services  # noqa: E402

if len(sys.argv) > 4:
    with open(sys.argv[4], "rb") as file:
        channel = grpc.secure_channel(sys.argv[2], grpc.ssl_channel_credentials(root_certificates=file.read()))
else:
    channel = grpc.insecure_channel(sys.argv[2])
stub = services.ContactCentreStub(channel)
metadata = [("authorization", "Bearer " + sys.argv[3])] if sys.argv[3] else []
service = messages.DESCRIPTOR.services_by_name["ContactCentre"]


def plain(message):
    return MessageToDict(message, preserving_proto_field_name=True)


for line in sys.stdin:
    method, request = json.loads(line)
    take = request.pop("_take", 0)
    kind = getattr(messages, service.methods_by_name[method].input_type.name)
    try:
        call = getattr(stub, method)(ParseDict(request, kind()), metadata=metadata, timeout=20)
        if take:
            answer = []
            for message in call:
                answer.append(plain(message))
                print(json.dumps({"message": answer[-1]}), flush=True)
                if len(answer) == take:
                    call.cancel()
                    break
            print(json.dumps({"ok": len(answer)}), flush=True)
        else:
            print(json.dumps({"ok": plain(call)}), flush=True)
    except grpc.RpcError as error:
        code = dict(error.trailing_metadata() or ()).get("offhook-code")
        print(json.dumps({"error": error.code().name, "code": code, "details": error.details()}), flush=True)
