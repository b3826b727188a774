{#- The values Clever documents for a field. Others are kept as they come; a test warns of them. -#}
{% macro known_values(enum) -%}
    {%- set values = {
        'grade': [
            'InfantToddler', 'Preschool', 'PreKindergarten', 'TransitionalKindergarten', 'Kindergarten',
            '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12', '13',
            'PostGraduate', 'Ungraded', 'Other',
        ],
        'subject': [
            'english/language arts', 'math', 'science', 'social studies', 'language', 'homeroom/advisory',
            'interventions/online learning', 'technology and engineering', 'PE and health',
            'arts and music', 'other',
        ],
        'gender': ['M', 'F', 'X'],
        'race': [
            'Caucasian', 'Asian', 'Black or African American', 'American Indian',
            'Hawaiian or Other Pacific Islander', 'Two or More Races', 'Unknown',
        ],
        'yes_or_no': ['Y', 'N'],
        'frl_status': ['Free', 'Reduced', 'Paid', 'Other'],
        'disability_code': [
            'aut', 'db', 'dd', 'emn', 'hi', 'id', 'md', 'oi', 'other', 'ohi', 'sld', 'sli', 'tbi', 'vi',
        ],
        'phone_type': ['Cell', 'Home', 'Work', 'Other'],
        'relationship': ['Parent', 'Grandparent', 'Self', 'Aunt/Uncle', 'Sibling', 'Other'],
        'relationship_type': [
            'Parent/Guardian', 'Emergency', 'Primary', 'Secondary', 'Family', 'Other',
        ],
    } -%}
    {{ return(values[enum]) }}
{%- endmacro %}


{#- Whether a column holds a value that is not in Clever's list. -#}
{% macro is_undocumented(column, enum) -%}
    {{ column }} not in ('{{ known_values(enum) | join("', '") }}')
{%- endmacro %}
