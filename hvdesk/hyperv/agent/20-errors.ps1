# Errors: ours are made here, everybody's are described here.

function New-Fault([string]$Id, [string]$Category, [string]$Message, $Target) {
    $exception = New-Object System.Management.Automation.RuntimeException $Message
    New-Object System.Management.Automation.ErrorRecord $exception, $Id, $Category, $Target
}

function New-Missing([string]$Id, [string]$Message, $Target) {
    New-Fault $Id 'ObjectNotFound' $Message $Target
}

function Get-FaultName($Record) {
    # FullyQualifiedErrorId up to its first comma; what follows names the class of the cmdlet.
    ([string]$Record.FullyQualifiedErrorId -split ',')[0]
}

function ConvertFrom-ErrorRecord($Record) {
    $types = New-Object System.Collections.ArrayList
    $messages = New-Object System.Collections.ArrayList
    $native = $null
    $exception = $Record.Exception
    while ($null -ne $exception) {
        [void]$types.Add($exception.GetType().FullName)
        if (-not $messages.Contains($exception.Message)) { [void]$messages.Add($exception.Message) }
        if ($null -eq $native -and $exception -is [System.ComponentModel.Win32Exception]) {
            $native = [int]$exception.NativeErrorCode
        }
        $exception = $exception.InnerException
    }
    $message = $messages.ToArray() -join "`n"
    $position = ''
    if ($null -ne $Record.InvocationInfo) { $position = [string]$Record.InvocationInfo.PositionMessage }
    @{
        id = [string]$Record.FullyQualifiedErrorId
        category = [string]$Record.CategoryInfo.Category
        types = $types.ToArray()
        hresult = [int]$Record.Exception.HResult
        native = $native
        codes = (Find-Codes $message).ToArray()
        message = $message
        position = $position
    }
}

function Find-Codes([string]$Text) {
    # Messages are in the host's language; the hexadecimal codes in them are not.
    $codes = New-Object System.Collections.ArrayList
    foreach ($match in [regex]::Matches($Text, '0x([0-9A-Fa-f]{8})(?![0-9A-Fa-f])')) {
        $code = '0x' + $match.Groups[1].Value.ToUpperInvariant()
        if (-not $codes.Contains($code)) { [void]$codes.Add($code) }
    }
    , $codes
}
