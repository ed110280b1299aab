# Reading what may be missing on an older Windows, and turning values into plain ones.

function Get-Property($InputObject, [string]$Name, $Default = $null) {
    # Strict mode throws for a property that the object lacks; older Windows lacks some.
    $property = $InputObject.PSObject.Properties[$Name]
    if ($null -eq $property -or $null -eq $property.Value) { return $Default }
    $property.Value
}

function Get-Number($InputObject, [string]$Name) {
    $value = Get-Property $InputObject $Name
    if ($null -eq $value) { return $null }
    [int64]$value
}

function Get-Text($InputObject, [string]$Name) {
    # An empty text counts as none.
    $text = [string](Get-Property $InputObject $Name)
    if ($text.Length -eq 0) { return $null }
    $text
}

function Format-Time([datetime]$Time) {
    $Time.ToUniversalTime().ToString('o', [System.Globalization.CultureInfo]::InvariantCulture)
}

function Format-Id($Id) {
    # Get-VM writes ids in lower case, the CIM classes in upper case.
    ([string]$Id).ToLowerInvariant()
}

function Test-HyperVCommand([string]$Name) {
    $null -ne (Get-Command -Name $Name -Module 'Hyper-V' -ErrorAction SilentlyContinue)
}

function Assert-HyperV {
    # Asking by name alone lets PowerShell load the module.
    if ($null -eq (Get-Command -Name 'Get-VMHost' -ErrorAction SilentlyContinue)) {
        throw (New-Fault 'HvDesk.NoHyperV' 'NotInstalled' 'The Hyper-V module for Windows PowerShell is not installed.')
    }
}

function Get-Virtualization([string]$Class) {
    Get-CimInstance -Namespace 'root\virtualization\v2' -ClassName $Class
}
