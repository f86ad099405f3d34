%% @doc Primitives of `Object': reflection on one object, sends by name, the standard errors.
-module(beamtalk_object).

-export(['class new'/1, 'class new:'/2]).
-export([class/1, printString/1, hash/1, yourself/1]).
-export(['respondsTo:'/2, 'isKindOf:'/2, 'perform:'/2, 'perform:withArguments:'/3]).
-export([fieldNames/1, 'fieldAt:'/2, 'fieldAt:put:'/3]).
-export([subclassResponsibility/1, notImplemented/1, 'error:'/2, delegate/1, 'class delegate'/1]).

%% An object without data. The library's own handles are made by messages of their classes.
-spec 'class new'(beamtalk_class:class_object()) -> map().
'class new'({'$class', 'bt@stdlib@Object' = Module}) ->
    #{'__class__' => Module};
'class new'({'$class', Module} = Class) ->
    case beamtalk_class:meta(Module) of
        #{package := Package} when Package =/= stdlib, Package =/= <<"stdlib">> -> made(Class, Module);
        _ -> no_new(Class, new)
    end.

made(Class, Module) ->
    Meta = beamtalk_class:meta(Module),
    case {maps:get(kind, Meta, object), lists:member(abstract, maps:get(modifiers, Meta, []))} of
        {_, true} -> beamtalk_value:abstract(Class, new);
        {object, false} -> #{'__class__' => Module};
        _ -> no_new(Class, new)
    end.

-spec 'class new:'(beamtalk_class:class_object(), term()) -> no_return().
'class new:'(Class, _Fields) -> no_new(Class, 'new:').

-spec no_new(beamtalk_class:class_object(), atom()) -> no_return().
no_new({'$class', Module}, Selector) ->
    Name = beamtalk_class:name(Module),
    Text = [atom_to_binary(Name), <<" has no instances that ">>, atom_to_binary(Selector), <<" makes">>],
    Hint =
        case beamtalk_class:kind(Module) of
            supervisor -> iolist_to_binary([<<"Use ">>, atom_to_binary(Name), <<" supervise">>]);
            _ -> <<"Use the class's own messages">>
        end,
    beamtalk_exception:raise(instantiation_error, Name, Selector, Text, Hint, nil).

-spec class(term()) -> beamtalk_class:class_object().
class(Self) -> beamtalk_class:class_object(Self).

%% What an object prints when neither its class nor a class above has a form for it.
-spec printString(term()) -> binary().
printString(Self) -> beamtalk_print:print_string(Self).

-spec hash(term()) -> non_neg_integer().
hash(Self) -> erlang:phash2(Self, 16#100000000).

-spec yourself(term()) -> term().
yourself(Self) -> Self.

-spec 'respondsTo:'(term(), term()) -> boolean().
'respondsTo:'(Self, Selector) when is_atom(Selector) -> beamtalk_class:understands(Self, Selector);
'respondsTo:'(Self, Other) -> wrong_selector(Self, 'respondsTo:', Other).

-spec 'isKindOf:'(term(), term()) -> boolean().
'isKindOf:'({'$class', Module}, {'$metaclass', Meta}) -> beamtalk_class:inherits(Module, Meta);
'isKindOf:'(_, {'$metaclass', _}) -> false;
'isKindOf:'(Self, {'$class', Module}) -> beamtalk_class:is_kind_of(Self, Module);
'isKindOf:'(Self, Other) ->
    beamtalk_exception:type_error(beamtalk_class:class_name(Self), 'isKindOf:', <<"a class">>, Other).

-spec 'perform:'(term(), term()) -> term().
'perform:'(Self, Selector) when is_atom(Selector) -> beamtalk_send:send(Self, Selector, []);
'perform:'(Self, Other) -> wrong_selector(Self, 'perform:', Other).

-spec 'perform:withArguments:'(term(), term(), term()) -> term().
'perform:withArguments:'(Self, Selector, Args) when is_atom(Selector), is_list(Args) ->
    Expected = beamtalk_selector:arity(Selector),
    case length(Args) of
        Expected -> beamtalk_send:send(Self, Selector, Args);
        Given -> wrong_count(Self, Selector, Expected, Given)
    end;
'perform:withArguments:'(Self, Selector, #{'__class__' := 'bt@stdlib@Array', elements := Args}) ->
    'perform:withArguments:'(Self, Selector, tuple_to_list(Args));
'perform:withArguments:'(Self, Selector, Other) when is_atom(Selector) ->
    beamtalk_exception:type_error(
        beamtalk_class:class_name(Self), 'perform:withArguments:', <<"a List">>, Other
    );
'perform:withArguments:'(Self, Other, _) ->
    wrong_selector(Self, 'perform:withArguments:', Other).

-spec wrong_count(term(), atom(), non_neg_integer(), non_neg_integer()) -> no_return().
wrong_count(Self, Selector, Expected, Given) ->
    beamtalk_exception:raise(
        arity_mismatch,
        beamtalk_class:class_name(Self),
        Selector,
        io_lib:format("~ts expects ~b but was called with ~b", [
            beamtalk_print:symbol(Selector), Expected, Given
        ]),
        nil
    ).

-spec wrong_selector(term(), atom(), term()) -> no_return().
wrong_selector(Self, Selector, Other) ->
    beamtalk_exception:type_error(
        beamtalk_class:class_name(Self), Selector, <<"a Symbol">>, Other
    ).

%%% Fields

-spec fieldNames(term()) -> [atom()].
fieldNames({'$class', Module}) -> beamtalk_behaviour:fieldNames({'$class', Module});
fieldNames(Self) -> beamtalk_class:all_fields(beamtalk_class:class_of(Self)).

-spec 'fieldAt:'(term(), term()) -> term().
'fieldAt:'({'$actor', _, _} = Self, Field) ->
    case own_state(Self) of
        #{Field := Value} when Field =/= '__class__' -> Value;
        _ -> no_field(Self, 'fieldAt:', Field)
    end;
'fieldAt:'(#{'__class__' := _} = Self, Field) when is_map_key(Field, Self), Field =/= '__class__' ->
    maps:get(Field, Self);
'fieldAt:'(#{'__class__' := Class} = Self, Field) when Field =/= '__class__' ->
    case lists:member(Field, beamtalk_class:all_fields(Class)) of
        true -> beamtalk_value:field(Self, Field);
        false -> no_field(Self, 'fieldAt:', Field)
    end;
'fieldAt:'(Self, Field) ->
    no_field(Self, 'fieldAt:', Field).

-spec 'fieldAt:put:'(term(), term(), term()) -> term().
'fieldAt:put:'({'$actor', Module, _} = Self, Field, Value) ->
    case lists:member(Field, beamtalk_class:all_fields(Module)) of
        true -> beamtalk_actor:set_field(Self, Field, Value);
        false -> no_field(Self, 'fieldAt:put:', Field)
    end;
'fieldAt:put:'(Self, Field, _Value) ->
    Name = beamtalk_class:class_name(Self),
    beamtalk_exception:raise(
        immutable_value,
        Name,
        'fieldAt:put:',
        [<<"Cannot set ">>, beamtalk_print:brief(Field), <<" of ">>, atom_to_binary(Name), <<": values are immutable">>],
        <<"Use a copying setter such as withName: to get a changed copy">>,
        nil
    ).

own_state(Self) ->
    case {get('$bt_state'), beamtalk_actor:resolve(Self)} of
        {#{} = State, Pid} when Pid =:= self() -> State;
        _ -> none
    end.

-spec no_field(term(), atom(), term()) -> no_return().
no_field(Self, Selector, Field) when is_atom(Field) ->
    Name = beamtalk_class:class_name(Self),
    beamtalk_exception:raise(
        not_found,
        Name,
        Selector,
        [atom_to_binary(Name), <<" has no field ">>, beamtalk_print:brief(Field)],
        nil,
        Field
    );
no_field(Self, Selector, Other) ->
    beamtalk_exception:type_error(beamtalk_class:class_name(Self), Selector, <<"a Symbol">>, Other).

%%% Errors

-spec subclassResponsibility(term()) -> no_return().
subclassResponsibility(Self) ->
    unfinished(Self, fun(Name, Method) -> [Name, <<" does not define ">>, Method, <<", which its superclass leaves to it">>] end).

-spec notImplemented(term()) -> no_return().
notImplemented(Self) ->
    unfinished(Self, fun(Name, Method) -> [Name, <<": ">>, Method, <<" is not implemented yet">>] end).

unfinished(Self, Message) ->
    Name = beamtalk_class:class_name(Self),
    {current_stacktrace, Stack} = process_info(self(), current_stacktrace),
    Selector = unfinished_selector(beamtalk_stack:frames(Stack)),
    Method =
        case Selector of
            nil -> <<"a method">>;
            _ -> atom_to_binary(Selector)
        end,
    beamtalk_exception:raise(user_error, Name, Selector, Message(atom_to_binary(Name), Method), nil).

%% The method that says so.
unfinished_selector([#{method := Own} | Frames]) when Own =:= subclassResponsibility; Own =:= notImplemented ->
    unfinished_selector(Frames);
unfinished_selector([#{method := doIt} | _]) ->
    nil;
unfinished_selector([#{method := Selector} | _]) ->
    Selector;
unfinished_selector([]) ->
    nil.

-spec 'error:'(term(), term()) -> no_return().
'error:'(Self, Message) ->
    beamtalk_exception:raise(
        user_error, beamtalk_class:class_name(Self), 'error:', message_text(Message), nil
    ).

message_text(Message) when is_binary(Message) -> Message;
message_text(Message) -> beamtalk_print:display_string(Message).

%% Reached only when the class has no native module, where the compiler forwards.
-spec delegate(term()) -> no_return().
delegate(Self) ->
    Name = beamtalk_class:class_name(Self),
    beamtalk_exception:raise(
        unsupported,
        Name,
        delegate,
        [atom_to_binary(Name), <<" has no native module to delegate to">>],
        <<"Declare the class with native: module">>
    ).

-spec 'class delegate'(term()) -> no_return().
'class delegate'(Self) -> delegate(Self).
