"""Catalogue: reaching a host, its certificate, logging on, what answers there (agent, host, logon, tls)."""

from __future__ import annotations

from hvdesk.domain.texts import Texts

CONNECT: dict[str, Texts] = {
    "agent.answer": Texts(
        "The host's answer was not understood",
        "{host} answered in a way this version of hvdesk does not know ({detail}).",
        "Try again. If it happens again, report it together with the log.",
    ),
    "agent.constrained": Texts(
        "PowerShell is restricted on the host",
        "{host} runs PowerShell in {mode} for this account, and hvdesk's script cannot run in it.",
        "Log on with an account to which the host's application control policy gives full PowerShell, or allow the "
        "script that `hvdesk agent-script` prints.",
    ),
    "agent.error": Texts(
        "The host reported an error",
        "An operation failed on {host}.",
        "Read what the host said below.",
    ),
    "agent.interrupted": Texts(
        "The operation was stopped here",
        "hvdesk was told to stop waiting for {host}. What the host had begun may go on.",
        "Refresh to see how things stand on the host.",
    ),
    "agent.job_gone": Texts(
        "The migration is no longer there",
        "{host} knows no such migration any more.",
        "Refresh; it may be over.",
    ),
    "agent.no_powershell": Texts(
        "Windows PowerShell was not found on the host",
        "{host} could not start powershell.exe.",
        "Install Windows PowerShell 3.0 or later on the host, or correct the path of its command interpreter.",
    ),
    "agent.not_started": Texts(
        "PowerShell did not start on the host",
        "{host} let us log on, but PowerShell ended before it was ready.",
        "Check that powershell.exe runs on the host and that no policy stops it.",
    ),
    "agent.outcome_unknown": Texts(
        "It is not known whether the change was made",
        "The connection to {host} was lost while it worked on a change, so its answer never came.",
        "Nothing is sent a second time. Refresh to see how things stand on the host.",
    ),
    "agent.planned_gone": Texts(
        "The trial registration is no longer there",
        "{host} has no planned virtual machine {vm}.",
        "Nothing.",
    ),
    "agent.planned_in_use": Texts(
        "The planned virtual machine is in use",
        "A migration or import on {host} works on the planned virtual machine {vm}, so it was left alone.",
        "Nothing; whoever works on it removes it.",
    ),
    "agent.real_vm": Texts(
        "The virtual machine itself is on this host",
        "{host} has {vm} as a real virtual machine, so nothing was removed.",
        "Nothing.",
    ),
    "agent.timeout": Texts(
        "The host took too long",
        "{host} did not answer within {seconds} seconds; the connection was given up.",
        "Try again. If it happens again, look at the load of the host.",
    ),
    "host.access_denied": Texts(
        "No right to manage this host",
        "The logon at {host} worked, but the account may not manage it.",
        "Use an account that is a member of Administrators on the host, or of Hyper-V Administrators together with "
        "Remote Management Users.",
    ),
    "host.fault": Texts(
        "The host's remote management refused",
        "Windows Remote Management on {host} answered with error {code}.",
        "Read what the host said below.",
    ),
    "host.garbled": Texts(
        "The host's answer was damaged",
        "What came from {address} could not be read.",
        "Try again. If it happens again, check what stands between this computer and the host.",
    ),
    "host.http": Texts(
        "The host's remote management is not ready",
        "{address} answered on port {port} with HTTP {status}.",
        "Try again in a minute. If it stays so, restart the service Windows Remote Management on the host.",
    ),
    "host.lost": Texts(
        "The connection to the host was lost",
        "{host} stopped answering.",
        "hvdesk connects again when the host is next needed. Check the network if it stays away.",
    ),
    "host.name_unknown": Texts(
        "The host's name was not found",
        "No computer named {address} could be found.",
        "Check the spelling, or give the host's IP address.",
    ),
    "host.no_hyperv": Texts(
        "Hyper-V is not installed on the host",
        "{host} has no Hyper-V module for Windows PowerShell.",
        "Install the Hyper-V role with its management tools on the host.",
    ),
    "host.no_winrm": Texts(
        "No remote management answered",
        "Something answered at {address}, but it is not Windows Remote Management.",
        "Check address, port and scheme: WinRM listens on 5985 (http) and 5986 (https).",
    ),
    "host.quota": Texts(
        "The host's limit for remote sessions is reached",
        "{host} refused more remote work for this account ({quota}).",
        "Close other remote sessions of this account, or raise {quota} on the host: winrm get winrm/config.",
    ),
    "host.refused": Texts(
        "The host refused the connection",
        "{address} is there, but nothing listens on port {port}.",
        "Check the port, and enable remote management on the host: Enable-PSRemoting.",
    ),
    "host.timeout": Texts(
        "The host did not answer",
        "{address} did not answer on port {port}.",
        "Check that the host is on and that its firewall lets Windows Remote Management in.",
    ),
    "host.unreachable": Texts(
        "The host cannot be reached",
        "There is no connection to {address} on port {port}.",
        "Check the network, and that the host is on.",
    ),
    "host.unsealed": Texts(
        "An unprotected answer came",
        "An answer that claimed to come from {host} was not encrypted, so it was not believed.",
        "Check what stands between this computer and the host; https tells who answers.",
    ),
    "logon.account": Texts(
        "The account cannot log on",
        "{host} refused the logon: {state}.",
        "Ask whoever manages the account, then enter the password again.",
    ),
    "logon.clock": Texts(
        "The clocks differ too much",
        "The clock of this computer and that of the directory are more than a few minutes apart, so no ticket is good.",
        "Set the clock of this computer.",
    ),
    "logon.credssp_off": Texts(
        "CredSSP is not enabled on the host",
        "{host} does not accept CredSSP logons (it offers {offered}).",
        "On the host run Enable-WSManCredSSP -Role Server, or choose another kind of logon.",
    ),
    "logon.failed": Texts(
        "The logon did not come about",
        "{host} and this computer could not agree on a logon.",
        "Read the details below, or choose another kind of logon.",
    ),
    "logon.mechanism": Texts(
        "This kind of logon is not possible on this computer",
        "The {method} logon needs Kerberos libraries that are not installed here.",
        "Install hvdesk with its kerberos extra (pip install hvdesk[kerberos]), or choose another kind of logon.",
    ),
    "logon.no_credential": Texts(
        "No password is known for this host",
        "The password for {host} is not stored, or the keyring that holds it is locked.",
        "Enter the password for the host.",
    ),
    "logon.no_directory": Texts(
        "The directory cannot be reached",
        "No domain controller that could give a Kerberos ticket for {host} was found.",
        "Check the network and the spelling of the domain, or choose another kind of logon.",
    ),
    "logon.no_service": Texts(
        "The directory does not know the host by this name",
        "There is no Kerberos ticket for {host}: the directory knows it by another name, or not at all.",
        "Use the host's full name, such as hv01.example.com, as its address, or choose another kind of logon.",
    ),
    "logon.no_ticket": Texts(
        "There is no Kerberos ticket",
        "This computer has no valid Kerberos ticket for the user.",
        "Get one with kinit, or give user and password.",
    ),
    "logon.refused": Texts(
        "The logon was refused",
        "{host} refused user name or password. So that the account is not locked, hvdesk makes no further logon with "
        "them.",
        "Enter the password again.",
    ),
    "logon.stopped": Texts(
        "No further logon is tried",
        "The password of this account was refused before, so hvdesk did not try it at {host}.",
        "Enter the password again for any host that uses the account.",
    ),
    "logon.unencrypted": Texts(
        "This logon needs https",
        "With {method} over http everything would cross the network unprotected, so nothing was sent to {host}.",
        "Use https, or another kind of logon.",
    ),
    "logon.unsupported": Texts(
        "The host does not offer this kind of logon",
        "{host} does not accept {method} logons.",
        "Choose another kind of logon, or enable this one in the host's WinRM service.",
    ),
    "logon.user_form": Texts(
        "Kerberos needs the user's full name",
        "From {user} this computer cannot tell the Kerberos realm.",
        "Write the user as user@domain, such as admin@example.com.",
    ),
    "tls.expired": Texts(
        "The host's certificate is not valid today",
        "The certificate that {host} showed has expired or is not valid yet.",
        "Renew the certificate on the host, and check the date on both computers.",
    ),
    "tls.failed": Texts(
        "No secure connection could be made",
        "{address} and this computer could not agree on a TLS connection.",
        "Read the details below; the host must offer TLS 1.2 or later.",
    ),
    "tls.file": Texts(
        "A certificate file cannot be used",
        "{path} could not be read as a certificate file in PEM format.",
        "Give another file.",
    ),
    "tls.not_tls": Texts(
        "This port does not speak https",
        "What listens at {address} on port {port} does not speak TLS.",
        "Use http for this port (usually 5985), or the port of the https listener (usually 5986).",
    ),
    "tls.pin_changed": Texts(
        "The host shows another certificate than before",
        "The certificate of {host} does not have the fingerprint that was given for it.",
        "If the certificate was renewed, give the new fingerprint; otherwise somebody may stand between you and "
        "the host.",
    ),
    "tls.untrusted": Texts(
        "The host's certificate is not trusted",
        "The certificate that {host} showed was not issued by an authority that this computer trusts.",
        "Give the authority's certificate file, or the fingerprint of the host's certificate.",
    ),
    "tls.wrong_name": Texts(
        "The host's certificate is for another name",
        "The certificate that {host} showed does not name {address}.",
        "Use the name in the certificate as the address, or give the certificate's fingerprint.",
    ),
}
