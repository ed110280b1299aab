"""Bodies of good answers, element by element as Windows servers send them."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from hvdesk.lab.winrm import names
from hvdesk.lab.winrm.config import HostConfig
from hvdesk.lab.winrm.shells import Output, Shell

SENT = "<rsp:SendResponse/>"
SIGNALLED = "<rsp:SignalResponse/>"


def created(shell: Shell, to: str, now: float, host: str) -> str:
    """The answer to Create: the new resource's reference and the shell itself. `to` is the address the client used."""
    return (
        f"<x:ResourceCreated><a:Address>{escape(to)}</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{escape(shell.resource)}</w:ResourceURI>"
        f'<w:SelectorSet><w:Selector Name="ShellId">{shell.id}</w:Selector></w:SelectorSet>'
        f"</a:ReferenceParameters></x:ResourceCreated>{shell_element(shell, now, host)}"
    )


def shell_element(shell: Shell, now: float, host: str) -> str:
    """`rsp:Shell`, in answers to Create and Get. Owner: `DOMAIN\\user`; bare, as recorded, for one of `host`'s."""
    owner = shell.owner.removeprefix(f"{host}\\")
    variables = "".join(
        f"<rsp:Variable Name={quoteattr(name)}>{escape(value)}</rsp:Variable>"
        for name, value in shell.environment.items()
    )
    environment = f"<rsp:Environment>{variables}</rsp:Environment>" if variables else ""
    directory = shell.working_directory
    directory = f"<rsp:WorkingDirectory>{escape(directory)}</rsp:WorkingDirectory>" if directory else ""
    return (
        f'<rsp:Shell xmlns:rsp="{names.SHELL}"><rsp:ShellId>{shell.id}</rsp:ShellId>'
        f"<rsp:ResourceUri>{escape(shell.resource)}</rsp:ResourceUri><rsp:Owner>{escape(owner)}</rsp:Owner>"
        f"<rsp:ClientIP>{shell.client_ip}</rsp:ClientIP>{environment}{directory}"
        f"<rsp:IdleTimeOut>PT{shell.idle_timeout:.3f}S</rsp:IdleTimeOut><rsp:InputStreams>stdin</rsp:InputStreams>"
        f"<rsp:OutputStreams>stdout stderr</rsp:OutputStreams>"
        f"<rsp:ShellRunTime>{_duration(now - shell.created)}</rsp:ShellRunTime>"
        f"<rsp:ShellInactivity>{_duration(now - shell.last_used)}</rsp:ShellInactivity></rsp:Shell>"
    )


def started(command_id: str) -> str:
    """The answer to Command."""
    return f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"


def received(command_id: str, output: Output, streams: Iterable[str]) -> str:
    """The answer to Receive: pieces of output, and with the last of them the ends of the streams and the exit code."""
    pieces = "".join(
        f'<rsp:Stream Name="{stream}" CommandId="{command_id}">{base64.b64encode(data).decode()}</rsp:Stream>'
        for stream, data in output.pieces
    )
    state = f'<rsp:CommandState CommandId="{command_id}" State="{names.COMMAND_STATE}'
    if output.exit_code is None:
        return f'<rsp:ReceiveResponse>{pieces}{state}Running"/></rsp:ReceiveResponse>'
    ends = "".join(f'<rsp:Stream Name="{one}" CommandId="{command_id}" End="true"></rsp:Stream>' for one in streams)
    code = f"<rsp:ExitCode>{output.exit_code}</rsp:ExitCode>"
    return f'<rsp:ReceiveResponse>{pieces}{ends}{state}Done">{code}</rsp:CommandState></rsp:ReceiveResponse>'


def config(settings: HostConfig, *, kerberos: bool) -> str:
    """The answer to Get of the service's configuration: the parts that clients read."""
    limits, variants = settings.limits, settings.variants
    return (
        f'<cfg:Config xmlns:cfg="{names.CONFIG}"><cfg:MaxEnvelopeSizekb>{limits.envelope // 1024}'
        f"</cfg:MaxEnvelopeSizekb><cfg:MaxTimeoutms>{limits.operation_timeout * 1000:.0f}</cfg:MaxTimeoutms>"
        "<cfg:MaxBatchItems>32000</cfg:MaxBatchItems><cfg:MaxProviderRequests>4294967295</cfg:MaxProviderRequests>"
        "<cfg:Service><cfg:MaxConcurrentOperations>4294967295</cfg:MaxConcurrentOperations>"
        f"<cfg:MaxConcurrentOperationsPerUser>{limits.operations_per_user}</cfg:MaxConcurrentOperationsPerUser>"
        "<cfg:EnumerationTimeoutms>240000</cfg:EnumerationTimeoutms><cfg:MaxConnections>300</cfg:MaxConnections>"
        "<cfg:MaxPacketRetrievalTimeSeconds>120</cfg:MaxPacketRetrievalTimeSeconds>"
        f"<cfg:AllowUnencrypted>{_flag(variants.allow_unencrypted)}</cfg:AllowUnencrypted><cfg:Auth><cfg:Basic>true</cfg:Basic>"
        f"<cfg:Kerberos>{_flag(kerberos)}</cfg:Kerberos><cfg:Negotiate>true</cfg:Negotiate>"
        f"<cfg:Certificate>{_flag(variants.certificate_logon)}</cfg:Certificate>"
        f"<cfg:CredSSP>true</cfg:CredSSP><cfg:CbtHardeningLevel>{variants.cbt.capitalize()}</cfg:CbtHardeningLevel></cfg:Auth>"
        "<cfg:AllowRemoteAccess>true</cfg:AllowRemoteAccess></cfg:Service><cfg:Winrs>"
        "<cfg:AllowRemoteShellAccess>true</cfg:AllowRemoteShellAccess>"
        f"<cfg:IdleTimeout>{limits.idle_timeout * 1000:.0f}</cfg:IdleTimeout>"
        "<cfg:MaxConcurrentUsers>2147483647</cfg:MaxConcurrentUsers>"
        "<cfg:MaxShellRunTime>2147483647</cfg:MaxShellRunTime>"
        f"<cfg:MaxProcessesPerShell>{limits.processes_per_shell}</cfg:MaxProcessesPerShell>"
        f"<cfg:MaxMemoryPerShellMB>{limits.memory_per_shell}</cfg:MaxMemoryPerShellMB>"
        f"<cfg:MaxShellsPerUser>{limits.shells_per_user}</cfg:MaxShellsPerUser></cfg:Winrs></cfg:Config>"
    )


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _duration(span: float) -> str:
    minutes, rest = divmod(int(max(span, 0)), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"P{days}DT{hours}H{minutes}M{rest}S"
