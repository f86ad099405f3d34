%% @doc Primitives of `Metaclass'.
-module(beamtalk_metaclass).

-export(['class new'/1, thisClass/1, superclass/1, allMethods/1, localClassMethods/1]).

-spec 'class new'(beamtalk_class:class_object()) -> no_return().
'class new'(_) ->
    beamtalk_exception:raise(
        instantiation_error,
        'Metaclass',
        new,
        <<"Metaclass has no instances of its own: a class makes its metaclass">>,
        <<"Use Object subclass: or a ClassBuilder">>
    ).

-spec thisClass(beamtalk_class:class_object()) -> beamtalk_class:class_object().
thisClass({_, Module}) -> {'$class', Module}.

-spec superclass(beamtalk_class:class_object()) -> beamtalk_class:class_object() | nil.
superclass(Meta) -> beamtalk_behaviour:superclass(Meta).

-spec allMethods(beamtalk_class:class_object()) -> [atom()].
allMethods(Meta) -> beamtalk_behaviour:allMethods(Meta).

-spec localClassMethods(beamtalk_class:class_object()) -> [atom()].
localClassMethods({_, Module}) -> beamtalk_behaviour:local_methods(Module, class).
