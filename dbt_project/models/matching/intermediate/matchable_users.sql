{#- A view: of a million users a build reads only those that an open account may be. -#}
{{ people_of_clever('is_current') }}
