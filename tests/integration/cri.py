# SPDX-License-Identifier: GPL-2.0-or-later
"""The calls by which a kubelet drives a container engine (CRI, runtime.v1), over gRPC.

Only the messages and fields that the tests use. Names and numbers are Kubernetes' (cri-api,
pkg/apis/runtime/v1/api.proto): both sides of a wire must agree on them.
"""
import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "runtime.v1"
POD, CONTAINER, NODE = range(3)  # NamespaceMode
CREATED, RUNNING, EXITED = range(3)  # ContainerState
READY, NOT_READY = range(2)  # PodSandboxState

# "number type name", one per field; "*" before a type: repeated; "=": a map of strings.
# Enumerations are int32, as on the wire.
MESSAGES = {
    "Version": ["1 string version", "2 string runtime_name"],
    "Status": [],
    "ImageSpec": ["1 string image"],
    "Image": ["1 string id", "2 *string repo_tags"],
    "KeyValue": ["1 string key", "2 string value"],
    "Int64Value": ["1 int64 value"],
    "Mount": ["1 string container_path", "2 string host_path", "3 bool readonly"],
    "NamespaceOption": ["1 int32 network", "2 int32 pid", "3 int32 ipc"],
    "LinuxSandboxSecurityContext": ["1 NamespaceOption namespace_options"],
    "LinuxPodSandboxConfig": ["1 string cgroup_parent",
                              "2 LinuxSandboxSecurityContext security_context"],
    "PodSandboxMetadata": ["1 string name", "2 string uid", "3 string namespace",
                           "4 uint32 attempt"],
    "PodSandboxConfig": ["1 PodSandboxMetadata metadata", "2 string hostname",
                         "3 string log_directory", "6 = labels",
                         "8 LinuxPodSandboxConfig linux"],
    "PodSandboxStatus": ["1 string id", "3 int32 state"],
    "PodSandbox": ["1 string id", "3 int32 state"],
    "LinuxContainerResources": ["1 int64 cpu_period", "2 int64 cpu_quota", "3 int64 cpu_shares",
                                "4 int64 memory_limit_in_bytes", "5 int64 oom_score_adj"],
    "Capability": ["1 *string add_capabilities", "2 *string drop_capabilities"],
    "LinuxContainerSecurityContext": [
        "1 Capability capabilities", "2 bool privileged", "3 NamespaceOption namespace_options",
        "5 Int64Value run_as_user", "7 bool readonly_rootfs", "11 bool no_new_privs",
        "12 Int64Value run_as_group"],
    "LinuxContainerConfig": ["1 LinuxContainerResources resources",
                             "2 LinuxContainerSecurityContext security_context"],
    "ContainerMetadata": ["1 string name", "2 uint32 attempt"],
    "ContainerConfig": ["1 ContainerMetadata metadata", "2 ImageSpec image", "3 *string command",
                        "4 *string args", "5 string working_dir", "6 *KeyValue envs",
                        "7 *Mount mounts", "9 = labels", "11 string log_path",
                        "15 LinuxContainerConfig linux"],
    "ContainerStatus": ["1 string id", "3 int32 state", "7 int32 exit_code", "10 string reason",
                        "11 string message"],
    "Container": ["1 string id", "2 string pod_sandbox_id", "6 int32 state"],
}

# Call: service, fields of the request, fields of the response.
CALLS = {
    "Version": ("Runtime", ["1 string version"], ["2 string runtime_name"]),
    "RunPodSandbox": ("Runtime", ["1 PodSandboxConfig config", "2 string runtime_handler"],
                      ["1 string pod_sandbox_id"]),
    "StopPodSandbox": ("Runtime", ["1 string pod_sandbox_id"], []),
    "RemovePodSandbox": ("Runtime", ["1 string pod_sandbox_id"], []),
    "PodSandboxStatus": ("Runtime", ["1 string pod_sandbox_id", "2 bool verbose"],
                         ["1 PodSandboxStatus status", "2 = info"]),
    "ListPodSandbox": ("Runtime", [], ["1 *PodSandbox items"]),
    "CreateContainer": ("Runtime", ["1 string pod_sandbox_id", "2 ContainerConfig config",
                                    "3 PodSandboxConfig sandbox_config"],
                        ["1 string container_id"]),
    "StartContainer": ("Runtime", ["1 string container_id"], []),
    "StopContainer": ("Runtime", ["1 string container_id", "2 int64 timeout"], []),
    "RemoveContainer": ("Runtime", ["1 string container_id"], []),
    "ContainerStatus": ("Runtime", ["1 string container_id", "2 bool verbose"],
                        ["1 ContainerStatus status", "2 = info"]),
    "ListContainers": ("Runtime", [], ["1 *Container containers"]),
    "UpdateContainerResources": ("Runtime", ["1 string container_id",
                                             "2 LinuxContainerResources linux"], []),
    "ExecSync": ("Runtime", ["1 string container_id", "2 *string cmd", "3 int64 timeout"],
                 ["1 bytes stdout", "2 bytes stderr", "3 int32 exit_code"]),
    "ImageStatus": ("Image", ["1 ImageSpec image"], ["1 Image image"]),
}


def add_field(message, line):
    """One field of a message, from its line in the tables."""
    number, kind, name = line.split()
    field = message.field.add(number=int(number), name=name)
    is_map = kind == "="
    field.label = field.LABEL_REPEATED if kind[0] in "*=" else field.LABEL_OPTIONAL
    if is_map:  # on the wire it is a list of messages with a key and a value
        entry = message.nested_type.add(name=f"{name.title().replace('_', '')}Entry")
        entry.options.map_entry = True
        add_field(entry, "1 string key")
        add_field(entry, "2 string value")
        kind = f"{message.name}.{entry.name}"
    kind = kind.lstrip("*")
    simple = getattr(field, f"TYPE_{kind.upper()}", None)
    if simple:
        field.type = simple
    else:
        field.type, field.type_name = field.TYPE_MESSAGE, f".{PACKAGE}.{kind}"


def message_classes():
    """{name: class} of all messages in the tables."""
    file = descriptor_pb2.FileDescriptorProto(name="cri.proto", package=PACKAGE, syntax="proto3")
    tables = dict(MESSAGES)
    for call, (_, request, response) in CALLS.items():
        tables[call + "Request"], tables[call + "Response"] = request, response
    for name, lines in tables.items():
        message = file.message_type.add(name=name)
        for line in lines:
            add_field(message, line)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {name: factory.GetPrototype(pool.FindMessageTypeByName(f"{PACKAGE}.{name}"))
            for name in tables}


CLASSES = message_classes()


class Client:
    """call("StopContainer", container_id=..., timeout=...) gives the response's message."""

    def __init__(self, socket, timeout):
        self.channel = grpc.insecure_channel(f"unix://{socket}")
        self.timeout = timeout

    def call(self, name, **fields):
        method = self.channel.unary_unary(
            f"/{PACKAGE}.{CALLS[name][0]}Service/{name}",
            request_serializer=CLASSES[name + "Request"].SerializeToString,
            response_deserializer=CLASSES[name + "Response"].FromString)
        return method(CLASSES[name + "Request"](**fields), timeout=self.timeout)

    def close(self):
        self.channel.close()
