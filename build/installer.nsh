; Windows' uninstaller: before Conexor's files go, Conexor takes out what it wrote into other programs
; (electron/remove-entries.ts). Not at updates: the new version goes on with what the old one has written.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    conexorRemoveEntries:
    nsExec::Exec /TIMEOUT=25000 '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" --remove-entries'
    Pop $R0
    ; 3: something is left because a program is open or a file cannot be changed. With /S nobody is there to be asked;
    ; the one-click uninstaller is silent besides, so /SD would answer in the person's place.
    ${If} $R0 == 3
      ${GetParameters} $R1
      ClearErrors
      ${GetOptions} $R1 "/S" $R2
      ${If} ${Errors}
        IntOp $R3 $LANGUAGE & 0x3FF
        ${If} $R3 == 10
          MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "La entrada de Conexor sigue en un programa que está abierto, como Claude. Cierra ese programa por completo y elige Reintentar." IDRETRY conexorRemoveEntries
        ${Else}
          MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "Conexor's entry is still in a program that is open, such as Claude. Quit that program completely, then choose Retry." IDRETRY conexorRemoveEntries
        ${EndIf}
      ${EndIf}
    ${EndIf}
  ${endIf}
!macroend
