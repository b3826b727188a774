{#- Users who came back under another Clever ID: whom they seem to be now. -#}
{{ successors() }}
