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
        "The host's limit for remote shells is reached",
        "{host} refused another remote shell for this account.",
        "Close other remote sessions of this account, or raise MaxShellsPerUser on the host.",
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
    "logon.no_credential": Texts(
        "No password is known for this host",
        "The password for {host} is not stored, or the keyring that holds it is locked.",
        "Enter the password for the host.",
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
    "logon.unsupported": Texts(
        "The host does not offer this kind of logon",
        "{host} does not accept {method} logons.",
        "Choose another kind of logon, or enable this one in the host's WinRM service.",
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
