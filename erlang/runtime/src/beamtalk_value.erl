%% @doc Primitives of `Value': making instances from defaults, and their printed form.
-module(beamtalk_value).

-export(['class new'/1, 'class new:'/2, printString/1]).
-export([abstract/2, construct/3, unknown_field/3, field/2]).

-spec 'class new'(beamtalk_class:class_object()) -> term().
'class new'({'$class', Module} = Class) ->
    check_concrete(Class, new),
    (unset(Module, Module:'$defaults'()))#{'__class__' => Module}.

-spec 'class new:'(beamtalk_class:class_object(), term()) -> term().
'class new:'({'$class', Module} = Class, Fields) when is_map(Fields) ->
    check_concrete(Class, 'new:'),
    Known = beamtalk_class:all_fields(Module),
    case maps:keys(Fields) -- Known of
        [] ->
            Instance = maps:merge(unset(Module, Module:'$defaults'()), Fields),
            Instance#{'__class__' => Module};
        [Unknown | _] ->
            unknown_field(Class, 'new:', Unknown)
    end;
'class new:'(Class, Other) ->
    beamtalk_exception:type_error(
        class_name(Class), 'new:', <<"a Dictionary of its fields">>, Other
    ).

%% What the keyword constructor of class Own answers for that class or a subclass, where code is
%% compact: the fields given, and in a subclass its own with their defaults.
-spec construct(beamtalk_class:class_object(), module(), map()) -> map().
construct({'$class', Own}, Own, Fields) ->
    Fields#{'__class__' => Own};
construct({'$class', Module}, _Own, Fields) ->
    (maps:merge(Module:'$defaults'(), Fields))#{'__class__' => Module}.

%% Typed fields without a default are nil until they are given.
unset(Module, Defaults) ->
    lists:foldl(
        fun
            (Field, Acc) when is_map_key(Field, Acc) -> Acc;
            (Field, Acc) -> Acc#{Field => nil}
        end,
        Defaults,
        beamtalk_class:all_fields(Module)
    ).

check_concrete({'$class', Module} = Class, Selector) ->
    case lists:member(abstract, maps:get(modifiers, beamtalk_class:meta(Module), [])) of
        true -> abstract(Class, Selector);
        false -> ok
    end.

-spec abstract(beamtalk_class:class_object(), atom()) -> no_return().
abstract(Class, Selector) ->
    Name = class_name(Class),
    beamtalk_exception:raise(
        instantiation_error,
        Name,
        Selector,
        [atom_to_binary(Name), <<" is abstract and has no instances">>],
        <<"Use one of its subclasses">>,
        nil
    ).

-spec unknown_field(beamtalk_class:class_object(), atom(), term()) -> no_return().
unknown_field({'$class', Module} = Class, Selector, Unknown) ->
    Name = class_name(Class),
    Fields = beamtalk_class:all_fields(Module),
    Hint =
        case is_atom(Unknown) andalso beamtalk_selector:closest(Unknown, Fields) of
            Near when is_atom(Near), Near =/= none, Near =/= false ->
                iolist_to_binary([<<"Did you mean ">>, atom_to_binary(Near), $?]);
            _ ->
                nil
        end,
    beamtalk_exception:raise(
        instantiation_error,
        Name,
        Selector,
        [atom_to_binary(Name), <<" has no field ">>, beamtalk_print:print_string(Unknown)],
        Hint,
        Unknown
    ).

class_name({'$class', Module}) -> beamtalk_class:name(Module).

-spec printString(term()) -> binary().
printString(Self) -> beamtalk_print:print_string(Self).

%% @doc A field of an object. One that was made before its class had the field has its default, as
%% one that is made now.
-spec field(map(), atom()) -> term().
field(Object, Field) ->
    case Object of
        #{Field := Value} -> Value;
        #{'__class__' := Class} ->
            case erlang:function_exported(Class, '$defaults', 0) andalso unset(Class, Class:'$defaults'()) of
                #{Field := Default} -> Default;
                _ -> error({badkey, Field})
            end;
        #{} -> error({badkey, Field});
        _ -> error({badmap, Object})
    end.
